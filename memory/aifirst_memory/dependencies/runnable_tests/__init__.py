"""The tests to run after a change, as their runners take them: a module for each language's runners."""

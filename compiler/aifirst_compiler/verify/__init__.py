"""Runs a project's own tests on its source and on the compiled output, and compares outcome by outcome."""

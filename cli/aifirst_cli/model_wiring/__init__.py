"""Hands the work on models what lies on other floors: the compiler, the validator, the sandbox."""

"""AF0xx: about the reading of a file and about suppressions themselves."""

"""Changes: what a revision, the index or a pair of files differs in, unit by unit."""

"""Level 1: files, folders, units, sizes and hashes."""

"""Assembles what a task needs of a codebase: seven steps find units, one ranks them, the best fill a token budget."""

"""Collecting: which files of a project may be learned from, and their texts without secrets."""

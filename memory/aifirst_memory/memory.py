"""An open memory: what the doors ask for search and context.

The arrays of every level are loaded when first needed and brought up to date when the index has changed
since; one answer is the state of one moment across all levels.
"""

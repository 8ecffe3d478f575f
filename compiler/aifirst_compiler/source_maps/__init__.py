"""Source maps of version 3: made from edits, read back, and used to tell a trace in terms of the source.

Follows ECMA-426 (Source map format specification): lines count from 0, columns in UTF-16 code units.
"""

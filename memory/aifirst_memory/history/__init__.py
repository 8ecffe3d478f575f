"""What git knows: which commits changed which files, with which words, and which files change together.

Left out: authors, contents and merges; whatever HEAD does not reach.
"""

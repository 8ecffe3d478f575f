"""Finding the right file: given the message of a commit and the tree before it, name the files it changed.

The queries are made by `make_queries`, rankers stand in `rankers/`, one a file, and `run` measures them.
"""

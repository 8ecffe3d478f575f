"""Remembers a codebase: five index levels, search over them, and context for a task within a budget.

Everything kept is derived from the files and from git, in `.aifirst/memory.db`, safe to delete at any time.
"""

"""What one Python file reads of its own documentation, where the rest of its project is not looked at."""

from __future__ import annotations

import ast

from aifirst_codebase.reading import Reading

from aifirst_compiler.run_time_docs.scan import uses_of
from aifirst_compiler.run_time_docs.uses import RunTimeUses


def uses_of_reading(reading: Reading, tree: ast.Module | None) -> RunTimeUses:
    """The uses of a file; none where it is no Python, or none that the running Python can read (`tree` is None).

    Its comments and docstrings are left out first: most files that name `__doc__` only speak of it.
    """
    if tree is None:
        return RunTimeUses()
    data = reading.data
    parts: list[bytes] = []
    at = 0
    for comment in reading.comments:
        parts.append(data[at : comment.start])
        at = comment.end
    parts.append(data[at:])
    return uses_of([(reading.path, b"".join(parts))], trees={reading.path: tree})

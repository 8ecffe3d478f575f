"""The proof of one file: its output read again and compared with the source.

Python is compared by the running Python's own trees; what it cannot read, and every other language, by the trees of
tree-sitter. A Python file is also decoded again, since a comment that moved up to the first two lines may declare
another encoding.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from aifirst_codebase.reading import Reading
from aifirst_codebase.source import decode_source

from aifirst_compiler.edits import Edit
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.proof import python_trees, syntax_trees
from aifirst_compiler.proof.dropped import Dropped, drop


class PythonTrees(NamedTuple):
    """A Python source as the running Python reads it, where it can; `removed` are docstrings asked to go.

    What was `dropped` is taken from the tree when it is compared.
    """

    source: ast.Module | None
    removed: Sequence[tuple[int, int]] = ()
    dropped: Dropped = Dropped()


def prove(reading: Reading, output: bytes, edits: Sequence[Edit], trees: PythonTrees | None = None) -> None:
    """Raise `CompilerBugError` where `output`, made from the reading's text by `edits`, is another program."""
    what = _difference(reading, output, edits, trees)
    if what:
        raise CompilerBugError(reading.path, what)


def _difference(reading: Reading, output: bytes, edits: Sequence[Edit], trees: PythonTrees | None) -> str:
    if trees is None or trees.source is None:
        shape = reading.language.name != "python"  # docstrings that went leave a gap in it
        return syntax_trees.first_difference(
            reading.data, reading.tree, output, reading.language, edits, shape=shape
        )
    parsed = python_trees.parse_python(output.decode("utf-8"))
    if parsed is None:
        return "it does not parse any more"
    found = drop(reading, trees.source, trees.dropped)
    if found:
        return found
    found = python_trees.first_difference(trees.source, parsed, reading.lines.starts, trees.removed)
    if not found and b"__future__" in output and python_trees.misplaced_future(parsed):
        found = "something stands above an import from __future__"
    return found or _other_encoding(reading, output)


def _other_encoding(reading: Reading, output: bytes) -> str:
    """What is wrong where the first two lines declare an encoding that the source does not have."""
    second = output.find(b"\n", output.find(b"\n") + 1)
    if b"coding" not in output[: second if second > 0 else len(output)]:
        return ""
    again = decode_source("proof.py", reading.source.encode_back(output))
    return "" if again.data == output else "its first lines declare another encoding"

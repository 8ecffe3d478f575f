"""What is left of a text when glue and formatting are taken away: the leaves of its syntax tree.

Two texts with the same code tokens are the same program, whatever their comments and layout. Layout that
has meaning (Python's indentation) is in the tree's shape, so the shape is part of it.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator

from aifirst_codebase.reading import Reading
from aifirst_codebase.units.unit import Span, Unit


def code_tokens(reading: Reading, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The leaves of the syntax tree in [start, end) that are not glue, with a mark where a block opens or closes."""
    stop = len(reading.data) if end is None else end
    skipped = _skipped(reading)
    starts = [span[0] for span in skipped]
    data = reading.data
    stack = [(reading.tree.root_node, False)]
    while stack:
        node, closing = stack.pop()
        if closing:
            yield b"\x02"
            continue
        at, to = node.start_byte, node.end_byte
        if to < start or at >= stop or at == to:
            continue
        index = bisect_right(starts, at) - 1
        if index >= 0 and to <= skipped[index][1] + 2:  # a comment may reach over its line end
            continue
        children = node.children
        if not children:
            if at >= start and to <= stop and not data[at:to].isspace():
                yield data[at:to]
            continue
        if node.type in _BLOCKS:
            yield b"\x01"
            stack.append((node, True))
        stack.extend((child, False) for child in reversed(children))


_BLOCKS = frozenset({"block", "module", "suite"})


def _skipped(reading: Reading) -> list[Span]:
    return [(comment.start, comment.end) for comment in reading.comments if not comment.kept]


def code_digest(reading: Reading, unit: Unit | None = None) -> str:
    """A hash of the code of a unit, or of the whole file, that ignores glue and formatting."""
    digest = hashlib.sha256()
    spans = unit.spans if unit is not None else [(0, len(reading.data))]
    for start, end in spans:
        for token in code_tokens(reading, start, end):
            digest.update(token)
            digest.update(b"\0")
    return digest.hexdigest()[:32]


def content_digest(reading: Reading, unit: Unit) -> str:
    """A hash of the unit's own text, glue and formatting included."""
    digest = hashlib.sha256()
    for start, end in unit.spans:
        digest.update(reading.data[start:end])
        digest.update(b"\0")
    return digest.hexdigest()[:32]

"""A file's references as they are stored: column by column, so that they take little room.

They are read when the file itself is resolved, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate

import msgspec

from aifirst_memory.graph.part import Reference

_Columns = tuple[str, list[int], list[int], list[int], list[int], list[int]]
_DECODER = msgspec.msgpack.Decoder(_Columns)
_ENCODER = msgspec.msgpack.Encoder()

ReferenceRow = tuple[int, int, str, int, int]
"""(unit, kind, path, line, count), as in `part.Reference`"""


def pack_references(references: Iterable[Reference]) -> bytes:
    """The references in order, with each path once."""
    rows = [(r.unit, r.kind, r.path, r.line, r.count) for r in references]
    if not rows:
        return b""
    units, kinds, paths, lines, counts = zip(*rows, strict=True)
    known = {path: number for number, path in enumerate(sorted(set(paths)))}
    columns = ("\n".join(known), _steps(units), kinds, [known[path] for path in paths], _steps(lines), counts)
    return _ENCODER.encode(columns)


def unpack_references(data: bytes | memoryview) -> Iterator[ReferenceRow]:
    """The inverse of `pack_references`, as plain tuples."""
    if not data:
        return iter(())
    text, units, kinds, numbers, lines, counts = _DECODER.decode(data)
    paths = text.split("\n")
    found = [paths[number] for number in numbers]
    return zip(accumulate(units), kinds, found, accumulate(lines), counts, strict=True)


def _steps(numbers: Iterable[int]) -> list[int]:
    """Each number as its distance from the one before."""
    found: list[int] = []
    before = 0
    for number in numbers:
        found.append(number - before)
        before = number
    return found

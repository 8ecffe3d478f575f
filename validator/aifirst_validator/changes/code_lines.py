"""The code of a file line by line, without glue and without white space.

What remains of a line says whether it holds code at all and whether two lines hold the same.
"""

from __future__ import annotations

from aifirst_codebase.reading import Reading

_RUNS = frozenset({"published", "doctest"})
_BLANKED = bytes(byte if byte in b"\r\n" else 32 for byte in range(256))


def code_lines(reading: Reading) -> list[bytes]:
    """One entry a line, empty where the line holds only glue or nothing."""
    masked = bytearray(reading.data)
    for comment in reading.comments:
        if comment.kept not in _RUNS:
            stretch = masked[comment.start : comment.end]
            masked[comment.start : comment.end] = stretch.translate(_BLANKED)
    return [b"".join(line.split()) for line in bytes(masked).splitlines()]

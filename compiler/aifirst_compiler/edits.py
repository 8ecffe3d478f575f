"""Edits: stretches of a file's bytes and what stands there instead. Every pass of the compiler gives a list of them.

One form for all rewriting has three uses: the output is made in one go, the source map follows from the edits alone
(`source_maps`), and two passes over the same file can be joined where they do not touch.

Left out: what is edited and why (each pass), and whether the result is right (`proof`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple


class Edit(NamedTuple):
    """`text` in place of the bytes from `start` up to `end`.

    `name` is the name that stood there, where the edit renames one: source maps record it.
    """

    start: int
    end: int
    text: bytes = b""
    name: str = ""


class OverlappingEditsError(ValueError):
    """Two edits speak of the same bytes: a fault of the pass that made them, not of the file."""


_start_of = itemgetter(0)


def apply_edits(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The text with the edits made. They stand in order of `start`.

    Two edits may touch. Raises OverlappingEditsError where one begins inside the one before or outside the text.
    """
    parts: list[bytes] = []
    at = 0
    for start, end, text, _ in edits:
        if start < at or end < start:
            raise OverlappingEditsError(f"edit of bytes {start} to {end} after one that ends at {at}")
        parts.append(data[at:start])
        parts.append(text)
        at = end
    if at > len(data):
        raise OverlappingEditsError(f"edit up to byte {at} of a text of {len(data)}")
    parts.append(data[at:])
    return b"".join(parts)


def in_order(*passes: Iterable[Edit]) -> list[Edit]:
    """The edits of several passes as one list in order of `start`; those of one place keep the order of the passes."""
    return sorted((edit for made in passes for edit in made), key=_start_of)

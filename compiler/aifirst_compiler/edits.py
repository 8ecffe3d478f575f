"""Edits: stretches of a file's bytes and what stands there instead. Every pass of the compiler gives a list of them.

One form for all rewriting has three uses: the output is made in one go, the source map follows from the edits alone
(`source_maps`), and two passes over the same file can be joined where they do not touch.

Left out: what is edited and why (each pass), and whether the result is right (`proof`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
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
_ONE = 2
"""The length of a list of names that holds one beside the empty one it begins with."""


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


def compose_edits(size: int, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """The edits of a text of `size` bytes that do what `first` and then `second`, on the text that gave, do together.

    Law: `apply_edits(data, compose_edits(len(data), first, second))` equals `second` applied to `first` applied. Former
    names are kept where an edit of one list alone made the text.
    """
    pieces = _pieces(size, first)
    made: list[_Piece] = []
    at = 0
    for edit in (*second, None):
        stop = pieces[-1].end if edit is None else edit.start
        made += _cut(pieces, at, stop)
        if edit is not None:
            made.append(_Piece(0, 0, None, edit.text, edit.name))
            at = edit.end
    return _as_edits(size, made)


class _Piece(NamedTuple):
    """A stretch of a made text: kept from `source` on where that is a number, else `text`."""

    start: int
    end: int
    source: int | None
    text: bytes = b""
    name: str = ""


def _pieces(size: int, edits: Sequence[Edit]) -> list[_Piece]:
    found: list[_Piece] = []
    at = made = 0
    for edit in (*edits, Edit(size, size)):
        if edit.start > at:
            found.append(_Piece(made, made + edit.start - at, at))
            made += edit.start - at
        if edit.text:
            found.append(_Piece(made, made + len(edit.text), None, edit.text, edit.name))
            made += len(edit.text)
        at = edit.end
    return found or [_Piece(0, 0, 0)]


def _cut(pieces: Sequence[_Piece], start: int, stop: int) -> Iterator[_Piece]:
    """The parts of pieces between two places of the text they make."""
    first = max(0, bisect_right(pieces, start, key=itemgetter(0)) - 1)
    for piece in islice(pieces, first, None):
        if piece.start >= stop:
            return
        left, right = max(piece.start, start), min(piece.end, stop)
        if left >= right:
            continue
        if piece.source is not None:
            yield _Piece(left, right, piece.source + left - piece.start)
        else:
            whole = left == piece.start and right == piece.end
            text = piece.text[left - piece.start : right - piece.start]
            yield _Piece(left, right, None, text, piece.name if whole else "")


def _as_edits(size: int, pieces: Sequence[_Piece]) -> list[Edit]:
    """The edits between the kept pieces, which stand in the order of their sources."""
    found: list[Edit] = []
    at = 0
    text, names = b"", [""]
    for piece in (*pieces, _Piece(0, 0, size)):
        if piece.source is None:
            text += piece.text
            names.append(piece.name)
            continue
        if piece.source > at or text:
            found.append(Edit(at, piece.source, text, names[-1] if len(names) == _ONE else ""))
        at = piece.source + piece.end - piece.start
        text, names = b"", [""]
    return found

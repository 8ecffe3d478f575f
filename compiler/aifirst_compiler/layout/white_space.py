"""The white space of a blanked-out text: each run of it with what stands on both sides, as arrays.

Left out: which of it may go (`spaces`, `lines`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from aifirst_compiler.layout.blank_out import COMMENT

Ints = npt.NDArray[np.intp]
Small = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def _table(*members: tuple[bytes, int]) -> bytes:
    table = bytearray(256)
    for bytes_of_it, value in members:
        for one in bytes_of_it:
            table[one] = value
    return bytes(table)


_WHITE = _table((b" \t\f\r\n", 1))
_DEPTHS = _table((b"([{", 1), (b")]}", 255))  # 255 is -1 in one byte
_NEWLINE = 10


class WhiteSpace(NamedTuple):
    """All runs of white space in file order; index 0 of `starts` may be the file's own start.

    `left` and `right` are the bytes around a run, a newline at the file's ends. `breaks` says which runs end a line
    that has to end: one outside brackets, or beside a comment. `inside` are those of them within brackets. `columns`
    is how far the code after a run stands from the last newline in it.
    """

    starts: Ints
    ends: Ints
    left: Small
    right: Small
    newlines: Ints
    columns: Ints
    breaks: Flags
    inside: Flags


def bracket_depths(text: Small) -> npt.NDArray[np.int32]:
    """In how many brackets each byte stands; a bracket counts from itself on."""
    return np.cumsum(np.frombuffer(text.tobytes().translate(_DEPTHS), dtype=np.int8), dtype=np.int32)


def find_white_space(text: Small) -> WhiteSpace:
    """The runs of white space of a text that ends in a newline."""
    # Bytes look up in a table ten times as fast as arrays do.
    white = np.frombuffer(text.tobytes().translate(_WHITE), dtype=np.bool_)
    turns = np.flatnonzero(white[1:] != white[:-1]) + 1
    if not white[0]:
        starts, ends = turns[::2], turns[1::2]
    else:
        starts, ends = np.concatenate(([0], turns[1::2])), turns[::2]
    if len(ends) < len(starts):
        ends = np.concatenate((ends, [len(text)]))
    depths = bracket_depths(text)
    left = text[np.maximum(starts - 1, 0)]
    right = text[np.minimum(ends, len(text) - 1)]
    places = np.flatnonzero(text == _NEWLINE)
    after = np.searchsorted(places, ends)
    newlines = after - np.searchsorted(places, starts)
    columns = ends - 1 - np.append(places, 0)[np.maximum(after - 1, 0)]
    inside = depths[starts] > 0
    breaks = (newlines > 0) & (~inside | (left == COMMENT) | (right == COMMENT))
    if white[0]:
        # What stands before the first code is the start of a line, and no newline's.
        breaks[0] = True
        columns[0] = ends[0] if not newlines[0] else columns[0]
    return WhiteSpace(starts, ends, left, right, newlines, columns, breaks, inside & breaks)

"""The layout of Python, made small: one space per level, no blank lines, no space where tokens stay apart.

Before: a file and what is removed from it anyway. After: one list of edits that holds the removals, too; its result
has the same tokens in the same order. Line breaks inside brackets and after backslashes go, blocks of simple
statements come to stand on the line of their header, and simple statements beside each other on one line.

Limits: strings, and comments that stay, are untouched, and so is the line break after a comment. A file is left alone
whose strings Python 3.12 may end elsewhere than 3.11, and one whose line breaks are single carriage returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import repeat

import numpy as np

from aifirst_compiler.compiled import Minify
from aifirst_compiler.edits import Edit, in_order
from aifirst_compiler.layout.blank_out import blank_out, inner
from aifirst_compiler.layout.lines import Lines, find_lines
from aifirst_compiler.layout.spaces import spaces_needed
from aifirst_compiler.layout.white_space import Flags, Ints, WhiteSpace, find_white_space

_NOTHING, _SPACE, _SEMICOLON, _NEWLINE = range(4)
_TEXTS = [b"", b" ", b";", *(b"\n" + b" " * level for level in range(200))]
_CRLF_TEXTS = [text.replace(b"\n", b"\r\n") for text in _TEXTS]
_LENGTHS = np.array([len(text) for text in _TEXTS], dtype=np.intp)
_CRLF_LENGTHS = np.array([len(text) for text in _CRLF_TEXTS], dtype=np.intp)
_JOIN_FROM = {"tokens": 2, "bytes": 1}
"""The level from which a semicolon is smaller than a line break with its indentation.

A bracket and the line break behind it are one token, and so are the one space of the first level and the word behind it.
"""
_PARTS = b"; \t\f"
_HASH, _BLANK = ord("#"), ord(" ")
# As `Edit._make`, which checks each edit's length once more.
_as_edit: Callable[[Iterable[object]], Edit] = partial(tuple[object, ...].__new__, Edit)


def layout_edits(data: bytes, removed: Sequence[Edit], unit: Minify) -> list[Edit] | None:
    """All edits of the file, in order, with those of `removed`; None where its layout has to stay as it is.

    `data` is the file's text as UTF-8; `unit` says what has to become less.
    """
    returns = data.count(b"\r")
    if returns and returns != data.count(b"\r\n"):
        return None
    blanked = blank_out(data, removed)
    if blanked is None or not blanked.strip():
        return None
    if b"\\" in blanked:
        blanked = blanked.replace(b"\\\r\n", b"   ").replace(b"\\\n", b"  ")
    text = np.frombuffer(blanked, dtype=np.uint8)
    white = find_white_space(text)
    written = _written(data, removed)
    if not len(white.starts):
        return written
    shifted = any(_is_statement(data, *edit[:3]) for edit in removed)
    lines = find_lines(data, bytes(blanked), white, shifted=shifted)
    if lines is None or int(lines.levels.max()) + _NEWLINE >= len(_TEXTS):
        return None
    needed = spaces_needed(np.frombuffer(data, dtype=np.uint8), text, white)
    codes = np.where(white.breaks, _NEWLINE, np.where(needed, _SPACE, _NOTHING))
    _place_lines(codes, lines, unit)
    if white.ends[-1] == len(data):
        codes[-1] = _NEWLINE if white.newlines[-1] else _NOTHING
    edits = _edits(data, white, codes, _CRLF_TEXTS if returns else _TEXTS)
    return in_order(edits, written) if written else edits


def _written(data: bytes, removed: Sequence[Edit]) -> list[Edit]:
    """The edits that put something in the place of what goes, without the white space around it."""
    return [Edit(*inner(data, start, end), text.strip()) for start, end, text, _ in removed if text.strip()]


def _is_statement(data: bytes, start: int, end: int, text: bytes) -> bool:
    """Whether what was removed ends in the semicolon between two statements; that of a comment ends nothing."""
    return (
        not text
        and data[start] != _HASH
        and data[end - 1] in _PARTS
        and data[start:end].rstrip(_PARTS[1:]).endswith(b";")
    )


def _place_lines(codes: Ints, lines: Lines, unit: Minify) -> None:
    """Write into `codes` what stands before each logical line."""
    breaks = _NEWLINE + lines.levels
    together = np.zeros(len(breaks), dtype=np.bool_)
    together[1:] = lines.simple[1:] & lines.simple[:-1] & (lines.levels[1:] == lines.levels[:-1])
    inlined, within = _inlined(lines, together)
    breaks[together & (within | (lines.levels >= _JOIN_FROM[unit]))] = _SEMICOLON
    breaks[inlined] = _NOTHING
    known = lines.runs >= 0
    codes[lines.runs[known]] = breaks[known]
    if lines.runs[0] == 0:
        codes[0] = _NOTHING


def _inlined(lines: Lines, together: Flags) -> tuple[Flags, Flags]:
    """The first lines of blocks that can stand on their header's line, and all lines of such blocks.

    Such a block has nothing but simple statements.
    """
    levels, size = lines.levels, len(lines.levels)
    firsts = np.flatnonzero(~together)
    group = np.cumsum(~together) - 1
    ends = np.append(firsts[1:], size)
    after = np.append(levels, 0)[ends]
    opens = np.zeros(len(firsts), dtype=np.bool_)
    opens[1:] = lines.headers[firsts[1:] - 1]
    fits = opens & lines.simple[firsts] & (after < levels[firsts])
    inlined = np.zeros(size, dtype=np.bool_)
    inlined[firsts[fits]] = True
    return inlined, fits[group]


def _edits(data: bytes, white: WhiteSpace, codes: Ints, texts: Sequence[bytes]) -> list[Edit]:
    """An edit for each run of white space that is to be another than it is."""
    lengths = _CRLF_LENGTHS if texts is _CRLF_TEXTS else _LENGTHS
    as_it_is = white.ends - white.starts == lengths[codes]
    is_space = (codes == _SPACE) & (np.frombuffer(data, dtype=np.uint8)[white.starts] == _BLANK)
    doubtful = np.flatnonzero(as_it_is & (codes != _NOTHING) & ~is_space)
    differs = ~as_it_is
    places: list[tuple[int, int, int]] = np.stack(
        (doubtful, white.starts[doubtful], codes[doubtful]), 1
    ).tolist()
    wrong = [index for index, start, code in places if not data.startswith(texts[code], start)]
    differs[wrong] = True
    chosen = np.flatnonzero(differs)
    put: Iterable[bytes] = map(texts.__getitem__, codes[chosen].tolist())
    rows = zip(white.starts[chosen].tolist(), white.ends[chosen].tolist(), put, repeat(""), strict=False)
    return list(map(_as_edit, rows))

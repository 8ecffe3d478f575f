"""The logical lines of Python: their levels of indentation, and which of them can stand on one line.

Left out: whether standing on one line is smaller (`python`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from aifirst_compiler.layout.blank_out import COMMENT
from aifirst_compiler.layout.white_space import Flags, Ints, WhiteSpace

_COMPOUND = re.compile(
    rb"@|(?:if|elif|else|for|while|try|except|finally|with|def|class|async)\b"
    rb"|(?:match|case)\b(?!\s*(?:[=.,;)]|[-+*/|&^%@]=))"  # else they are names like any other
)
_MAY_BE_COMPOUND = np.zeros(256, dtype=np.bool_)
_MAY_BE_COMPOUND[list(b"@iefwtdcam")] = True
_COLON, _SEMICOLON = ord(":"), ord(";")
_TAB_STOP = 8


class Lines(NamedTuple):
    """The logical lines: `runs` is the index of the white space before each, `-1` at the start of the file.

    `simple` ones are simple statements that another may follow, `headers` end in the colon of a block, `comments`
    are lines that hold nothing but a kept comment.
    """

    runs: Ints
    levels: Ints
    simple: Flags
    headers: Flags
    comments: Flags


def find_lines(data: bytes, blanked: bytes, white: WhiteSpace, *, shifted: bool = False) -> Lines | None:
    """The logical lines of the text, or None where their indentation is not what Python accepts.

    `shifted` says that a statement at the start of a line may be gone before another one.
    """
    at_lines = white.breaks & ~white.inside
    at_lines[-1] &= white.ends[-1] < len(blanked)
    runs = np.flatnonzero(at_lines)
    starts, columns = white.ends[runs], white.columns[runs]
    if not len(white.starts) or white.starts[0] > 0:
        runs = np.concatenate(([-1], runs))
        starts, columns = np.concatenate(([0], starts)), np.concatenate(([0], columns))
    text = np.frombuffer(blanked, dtype=np.uint8)
    comments = text[starts] == COMMENT
    levels = _levels(columns, comments, blanked) if not shifted else None
    if levels is None:
        levels = _levels_by_stack(data, blanked, starts, comments)
    if levels is None:
        return None
    last_of_all = white.left[-1:] if white.ends[-1] == len(text) else text[-1:]
    last = np.concatenate((white.left[runs[1:]], last_of_all))
    levels = _with_next_code(levels, comments)
    match = _COMPOUND.match
    compound = _MAY_BE_COMPOUND[text[starts]]
    may_be = np.flatnonzero(compound)
    compound[may_be] = [match(blanked, start) is not None for start in starts[may_be].tolist()]
    headers = (last == _COLON) & ~comments
    simple = ~(compound | headers | comments) & (last != COMMENT) & (last != _SEMICOLON)
    return Lines(runs, levels, simple, headers, comments)


def _with_next_code(levels: Ints, comments: Flags) -> Ints:
    """The levels with each comment's that of the code below it."""
    if not comments.any():
        return levels
    code = np.flatnonzero(~comments)
    below = np.searchsorted(code, np.arange(len(levels)))
    return np.where(below < len(code), np.append(levels[code], 0)[below], 0)


def _levels(columns: Ints, comments: Flags, blanked: bytes) -> Ints | None:
    """The levels of lines whose every level is one and the same number of spaces; None where that is not so."""
    if b"\t" in blanked or b"\f" in blanked:
        return None
    code = columns[~comments]
    indented = code[code > 0]
    if not len(indented):
        return np.zeros_like(columns)
    step = int(indented.min())
    if code[0] or (code % step).any() or (np.diff(code) > step).any():
        return None
    return columns // step


def _levels_by_stack(data: bytes, blanked: bytes, starts: Ints, comments: Flags) -> Ints | None:
    """The levels as Python's own tokenizer finds them, line by line."""
    levels: list[int] = []
    stack = [0]
    for start, is_comment in zip(starts.tolist(), comments.tolist(), strict=True):
        line = blanked.rfind(b"\n", 0, start) + 1
        before = data[line:start]
        white = before[: len(before) - len(before.lstrip(b" \t\f"))]
        column = len(white.rpartition(b"\f")[2].expandtabs(_TAB_STOP))
        if is_comment:
            levels.append(len(stack) - 1)
            continue
        if column > stack[-1]:
            stack.append(column)
        while column < stack[-1]:
            stack.pop()
        if column != stack[-1]:
            return None
        levels.append(len(stack) - 1)
    return np.array(levels, dtype=np.intp)

"""Which spaces between two tokens on one line may go: those whose neighbours stay two tokens without it.

Limits: a space between a number and a dot, and between two strings of which the first is empty, stays; so does one
between two words, also where Python 3.11 would still read a number and a keyword apart (`1if`): later ones warn.
"""

from __future__ import annotations

import re

import numpy as np

from aifirst_compiler.layout.blank_out import OTHER, STRING
from aifirst_compiler.layout.white_space import Flags, Small, WhiteSpace

_WORD = np.zeros(256, dtype=np.bool_)
_WORD[list(b"_0123456789")] = True
_WORD[ord("A") : ord("Z") + 1] = True
_WORD[ord("a") : ord("z") + 1] = True
_WORD[128:] = True
_WORD[OTHER] = True
_DOT = ord(".")
_NUMBER = re.compile(rb"(?<![A-Za-z_\x80-\xff\d])\d\w*\Z")
_LONGEST_NUMBER = 200


def spaces_needed(data: Small, text: Small, white: WhiteSpace) -> Flags:
    """For each run of white space within a line, whether one space of it has to stay.

    `data` is the file, `text` the same with strings and comments blanked out.
    """
    left, right, starts, ends = white.left, white.right, white.starts, white.ends
    needed = _WORD[left] & _WORD[right]
    before_dots = np.flatnonzero(_WORD[left] & (right == _DOT))
    for run in before_dots.tolist():
        start = int(starts[run])
        needed[run] = _NUMBER.search(text[max(0, start - _LONGEST_NUMBER) : start].tobytes()) is not None
    before = text[np.maximum(starts - 2, 0)]
    needed |= (left == _DOT) & _WORD[right] & (before >= ord("0")) & (before <= ord("9"))
    quotes = (left == STRING) & (right == STRING)
    if quotes.any():
        last = data[np.maximum(starts - 1, 0)]
        same = (last == data[np.maximum(starts - 2, 0)]) & (last == data[np.minimum(ends, len(data) - 1)])
        needed |= quotes & same
    return needed

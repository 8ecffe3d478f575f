"""Glue: the text of a file that can go without changing what the program does.

One definition serves three uses: the validator measures these spans, the compiler removes them, the
edit rules guard them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

GlueKind = Literal["comment", "docstring"]
KeptReason = Literal["", "shebang", "encoding", "licence", "pragma", "published", "doctest"]


class Comment(msgspec.Struct, gc=False):
    """One comment or docstring, without the white space around it.

    `kept` says why it is not glue, empty where it is. `own_line` is false where code stands before it
    on its line. `unit` is the index of the unit it belongs to.
    """

    start: int
    end: int
    kind: GlueKind
    own_line: bool
    kept: KeptReason = ""
    unit: int = 0


class GlueSpan(msgspec.Struct, gc=False):
    """A stretch that goes as one: whole lines, or a part of a line with the space before it.

    Who removes a part of a line leaves a space where words would run together, a newline where the
    stretch held one, and `pass` for a docstring that is all of a Python body.
    """

    start: int
    end: int
    kind: GlueKind
    unit: int

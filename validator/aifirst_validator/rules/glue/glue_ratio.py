"""AF201: too little of a file says why and how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

MIN_TOKENS = 60
"""Files smaller than this have no ratio worth judging."""

_ALL = '[glue]\nscope = "all"\nfloor = 0.5\ntarget = 0.7\n'
_STATEMENTS = "".join(f"total_{i} = price_{i} * amount_{i}\n" for i in range(10))
_TALK = "".join(f"# WHY: item {i} is priced by weight, so its amount is in grams\n" for i in range(12))


def first_line(file: FileContext) -> tuple[int, int]:
    """The bytes of a file's first line, where findings about a whole file stand."""
    newline = file.data.find(b"\n")
    return 0, len(file.data) if newline < 0 else newline


class GlueRatio(FileRule):
    """Semantic glue is what can go without changing behaviour: comments, docstrings, tickets. The glue ratio
    is glue tokens as a share of all tokens. In files that are written for models to regenerate it says how
    much of the meaning survives when the code is lost.

    Judged where `glue.scope` says (by default in files that carry a ticket or a tag); below `glue.floor` it
    is a warning. Files under 60 tokens are not judged.
    """

    code: ClassVar[str] = "AF201"
    name: ClassVar[str] = "glue-ratio"
    summary: ClassVar[str] = "Too little of a file says why and how."
    by_preset: ClassVar = {"full": "error"}
    valid = (
        Example(_TALK + _STATEMENTS, settings=_ALL),
        Example(_STATEMENTS, title="no ticket and no tag: not judged"),
    )
    invalid = (Example(_STATEMENTS, lines=(1,), settings=_ALL),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        glue = file.settings.glue
        reading = file.reading
        if reading.tokens < MIN_TOKENS or reading.glue_ratio >= glue.floor or not file.applies(glue.scope):
            return
        start, end = first_line(file)
        yield Problem(
            start, end, f"glue ratio {reading.glue_ratio:.2f}, floor {glue.floor:.2f}",
            "Say why each step is there and what it may assume, where the code does not.", anchor="ratio",
        )  # fmt: skip

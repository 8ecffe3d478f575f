"""AF202: a file's glue ratio is above the floor but below the band aimed at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule
from aifirst_validator.rules.glue.glue_ratio import MIN_TOKENS, first_line

_BAND = '[glue]\nscope = "all"\nfloor = 0.2\ntarget = 0.7\n'
_HALF = "# Priced by weight, in grams.\ntotal = price * amount + freight * distance\n" * 8
_RICH = "# WHY: an item is priced by weight, so amounts are in grams and prices per gram\nt = p * a\n" * 6


class GlueBand(FileRule):
    """The band aimed at runs from `glue.target` to `glue.padding`. A file between the floor and the band is
    not wrong, so this is a note.
    """

    code: ClassVar[str] = "AF202"
    name: ClassVar[str] = "glue-band"
    summary: ClassVar[str] = "A file's glue ratio is below the band aimed at."
    severity = "note"
    valid = (Example(_RICH, settings=_BAND),)
    invalid = (Example(_HALF, lines=(1,), settings=_BAND),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        glue = file.settings.glue
        ratio = file.reading.glue_ratio
        if (
            file.reading.tokens < MIN_TOKENS
            or not glue.floor <= ratio < glue.target
            or not file.applies(glue.scope)
        ):
            return
        start, end = first_line(file)
        yield Problem(
            start, end, f"glue ratio {ratio:.2f}, aimed at {glue.target:.2f} to {glue.padding:.2f}",
            "Add the reasons a reader would ask for first.", anchor="band",
        )  # fmt: skip

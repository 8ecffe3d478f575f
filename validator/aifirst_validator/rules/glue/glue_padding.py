"""AF203: a file is nearly all glue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule
from aifirst_validator.rules.glue.glue_ratio import MIN_TOKENS, first_line

_ALL = '[glue]\nscope = "all"\n'
_TALK = "".join(f"# step {i} of a long story about adding numbers in the ledger\n" for i in range(40))


class GluePadding(FileRule):
    """Above 0.95 the glue ratio says that text was added to raise the ratio. Padding costs every reader and
    every prompt, and buries the comments that matter. Files without a function (a package's docstring)
    are not judged.
    """

    code: ClassVar[str] = "AF203"
    name: ClassVar[str] = "glue-padding"
    summary: ClassVar[str] = "A file is nearly all glue."
    valid = (
        Example(
            "# Adds two amounts in cents.\ndef add(left, right):\n    return left + right\n", settings=_ALL
        ),
    )
    invalid = (
        Example(_TALK + "def add(left, right):\n    return left + right\n", lines=(1,), settings=_ALL),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        glue = file.settings.glue
        reading = file.reading
        if (
            reading.glue_ratio <= glue.padding
            or reading.tokens < MIN_TOKENS
            or not file.functions
            or not file.applies(glue.scope)
        ):
            return
        start, end = first_line(file)
        yield Problem(
            start, end, f"glue ratio {reading.glue_ratio:.2f}, above {glue.padding:.2f} it is padding",
            "Keep the comments that give a reason; move a story to the documentation.", anchor="padding",
        )  # fmt: skip

"""AF108: a function has more lines than the project allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_THREE = "[limits]\nfunction_lines = 3\n"


class FunctionLines(FileRule):
    """Counts the lines of a function from its first decorator or its header to its end, comments and blank
    lines included. Tokens (AF101) say more about what a model can hold; lines are what a person sees.

    Off unless `limits.function_lines` is set (the preset `full` sets it).
    """

    code: ClassVar[str] = "AF108"
    name: ClassVar[str] = "function-lines"
    summary: ClassVar[str] = "A function has more lines than the project allows."
    valid = (Example("def add(left, right):\n    total = left + right\n    return total\n", settings=_THREE),)
    invalid = (
        Example(
            "def add(left, right):\n    # in cents\n    total = left + right\n    return total\n",
            lines=(1,),
            settings=_THREE,
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the name of each function over the limit."""
        limit = file.settings.limits.function_lines
        if not limit:
            return
        for unit in file.functions:
            if unit.lines > limit:
                yield Problem(
                    unit.name_start, unit.name_end,
                    f"function {unit.name} has {unit.lines} lines, limit {limit}",
                    "Move a step of it into a function of its own.", anchor=unit.name,
                )  # fmt: skip

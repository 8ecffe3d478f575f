"""AF210: a public function has no documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_REQUIRED = "[glue]\nrequire_function_docstring = true\n"


class FunctionDocstring(FileRule):
    """A public function says what it returns and what it expects, in its docstring or in the comment directly
    above it. Names that begin with an underscore, and functions inside functions, are not public.

    Off unless `glue.require_function_docstring` is set (the preset `full` sets it).
    """

    code: ClassVar[str] = "AF210"
    name: ClassVar[str] = "function-docstring"
    summary: ClassVar[str] = "A public function has no documentation."
    valid = (
        Example(
            'def add(left, right):\n    """Return the sum."""\n    return left + right\n', settings=_REQUIRED
        ),
        Example("# Returns the sum.\ndef add(left, right):\n    return left + right\n", settings=_REQUIRED),
        Example("def _add(left, right):\n    return left + right\n", settings=_REQUIRED),
    )
    invalid = (Example("def add(left, right):\n    return left + right\n", lines=(1,), settings=_REQUIRED),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the name of each public function without documentation."""
        if not file.settings.glue.require_function_docstring:
            return
        units = file.reading.units
        documented = {
            comment.unit
            for comment in file.reading.comments
            if comment.kind == "docstring" or comment.end <= units[comment.unit].code_start
        }
        for index, unit in enumerate(units):
            private = any(part.startswith("_") for part in unit.name.split("."))
            nested = unit.parent > 0 and units[unit.parent].kind == "function"
            if unit.kind == "function" and not private and not nested and index not in documented:
                yield Problem(
                    unit.name_start, unit.name_end, f"public function {unit.name} has no documentation",
                    "Say what it returns, with units and errors.", anchor=unit.name,
                )  # fmt: skip

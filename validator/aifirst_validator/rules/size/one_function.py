"""AF106: a file holds more top-level functions than the project allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_ONE = "[limits]\nfunctions_per_file = 1\n"


class OneFunction(FileRule):
    """One function, one file, one generation: where a project works in micro-functions, a file holds one
    top-level function, so that a model is given exactly it and a change touches nothing else. Methods and
    functions inside functions do not count; functions whose name starts with an underscore serve the one
    beside them and do not count either.

    Off unless `limits.functions_per_file` is set (the preset `full` sets it to 1).
    """

    code: ClassVar[str] = "AF106"
    name: ClassVar[str] = "functions-per-file"
    summary: ClassVar[str] = "A file holds more top-level functions than the project allows."
    valid = (
        Example("def load():\n    return _parse()\n\n\ndef _parse():\n    return 1\n", settings=_ONE),
        Example("def load():\n    return 1\n\n\ndef save():\n    return 2\n", title="no limit set"),
    )
    invalid = (
        Example("def load():\n    return 1\n\n\ndef save():\n    return 2\n", lines=(5,), settings=_ONE),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the first function that is one too many."""
        limit = file.settings.limits.functions_per_file
        if not limit:
            return
        top = [unit for unit in file.functions if unit.parent == 0 and not unit.name.startswith("_")]
        if len(top) > limit:
            extra = top[limit]
            yield Problem(
                extra.name_start, extra.name_end,
                f"the file has {len(top)} top-level functions, limit {limit}; {extra.name} is one too many",
                f"Move {extra.name} to a file of its own.", anchor="functions",
            )  # fmt: skip

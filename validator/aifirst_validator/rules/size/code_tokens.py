"""AF102: a function has more executable tokens than the project allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_BODY = "".join(f"    total += weights[{i}] * values[{i}]\n" for i in range(8))


class CodeTokens(FileRule):
    """Counts what is left of a function when comments and docstrings are taken away. A micro-function has a
    few executable lines inside much glue; this limit keeps the executable part small whatever surrounds
    it. Functions nested in it count for themselves.

    Off unless `limits.code_tokens` is set (the preset `full` sets it).
    """

    code: ClassVar[str] = "AF102"
    name: ClassVar[str] = "code-tokens"
    summary: ClassVar[str] = "A function has more executable tokens than the project allows."
    valid = (
        Example(
            'def add(left, right):\n    """Return the sum of both numbers, as the ledger defines it."""\n'
            "    return left + right\n",
            settings="[limits]\ncode_tokens = 40\n",
        ),
    )
    invalid = (
        Example(
            f"def score(weights, values):\n    total = 0\n{_BODY}    return total\n",
            lines=(1,),
            settings="[limits]\ncode_tokens = 40\n",
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the name of each function over the limit."""
        limit = file.settings.limits.code_tokens
        if not limit:
            return
        for unit in file.functions:
            tokens = unit.tokens - unit.glue_tokens
            if tokens > limit:
                yield Problem(
                    unit.name_start, unit.name_end,
                    f"function {unit.name} has {tokens} tokens of code, limit {limit}",
                    "Move a step of it into a function of its own.", anchor=unit.name,
                )  # fmt: skip

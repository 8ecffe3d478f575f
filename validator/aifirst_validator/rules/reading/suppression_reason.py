"""AF001: a suppression that does not say why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule


class SuppressionReason(FileRule):
    """A suppression is a decision. The next reader, a person or a model, can only keep it, or take it away
    when its time has come, if the comment says why it was made and which rule it is about.
    """

    code: ClassVar[str] = "AF001"
    name: ClassVar[str] = "suppression-reason"
    summary: ClassVar[str] = "A suppression names its rule and says why."
    kinds = ("code", "style", "markup", "prose", "data")
    valid = (Example("# aifirst: ignore-file[AF101] generated lookup tables\nTABLE = [1, 2]\n"),)
    invalid = (
        Example("total = 1  # aifirst: ignore[AF101]\n", lines=(1,), title="no reason"),
        Example("total = 1  # aifirst: ignore because it is fine\n", lines=(1,), title="no rule"),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each suppression without a rule or without a reason."""
        for suppression in file.suppressions:
            if not suppression.rules:
                yield Problem(
                    suppression.start, suppression.end, "the suppression names no rule",
                    "Write which one: # aifirst: ignore[AF101] reason",
                )  # fmt: skip
            elif not suppression.reason:
                yield Problem(
                    suppression.start, suppression.end, "the suppression gives no reason",
                    "Say after the bracket why the finding is meant to stay.",
                )  # fmt: skip

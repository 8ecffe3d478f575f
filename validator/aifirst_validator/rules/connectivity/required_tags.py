"""AF306: a file does not say which feature and ticket it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule
from aifirst_validator.rules.glue.glue_ratio import first_line

_ALL = '[connectivity]\nrequire_tags = "all"\n'
_CODE = "def rank(rows):\n    return sorted(rows)\n"


class RequiredTags(FileRule):
    """Where a project works with tickets, each source file with a function carries at least one FEATURE or
    COMPONENT tag and exactly one TICKET tag, so that every unit can be traced to why it exists.

    Judged where `connectivity.require_tags` says; off by default (the preset `full` sets it to `all`).
    """

    code: ClassVar[str] = "AF306"
    name: ClassVar[str] = "required-tags"
    summary: ClassVar[str] = "A file does not say which feature and ticket it belongs to."
    valid = (
        Example(f"# @TAG:TICKET:rank-rows\n# @TAG:FEATURE:ranking\n{_CODE}", settings=_ALL),
        Example(_CODE, title="not required"),
    )
    invalid = (
        Example(_CODE, lines=(1, 1), settings=_ALL),
        Example(
            f"# @TAG:TICKET:a\n# @TAG:TICKET:b\n# @TAG:FEATURE:ranking\n{_CODE}", lines=(1,), settings=_ALL
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most two problems, at the top of the file."""
        scope = file.settings.connectivity.require_tags
        if scope == "off" or not file.functions or not file.applies(scope):
            return
        start, end = first_line(file)
        tags = [tag for tag in file.tags if tag.role != "reference"]
        if not any(tag.category in {"FEATURE", "COMPONENT"} for tag in tags):
            yield Problem(
                start, end, "the file has no FEATURE or COMPONENT tag",
                "Write which it belongs to: @TAG:FEATURE:name", anchor="feature",
            )  # fmt: skip
        tickets = sum(tag.category == "TICKET" for tag in tags)
        if tickets != 1:
            yield Problem(
                start, end, f"the file has {tickets or 'no'} TICKET tag{'s' * (tickets > 1)}, one is needed",
                "Write @TAG:TICKET:name in the ticket at its top; split a file that serves two.", anchor="ticket",
            )  # fmt: skip

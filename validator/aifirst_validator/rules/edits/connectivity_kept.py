"""AF408, edit rule E8: an edit does not loosen what ties specification, ticket, glue and code together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.source import SourceFile

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.find_spec import find_specs
from aifirst_validator.connectivity.measure import compare, measure_connectivity
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BAR = "# " + "=" * 60
_BEFORE = f"""{_BAR}
# @TAG:TICKET:retry-delay
# @TAG:COMPONENT:retry
{_BAR}
# TICKET: Delay between retries
{_BAR}
# Created: 2025-01-10
{_BAR}
# REQUIREMENTS
{_BAR}
# FR1: the delay doubles with every failed attempt
# FR2: the delay has an upper limit in seconds
{_BAR}

def delay(attempt, limit):
    # STEP 1: double the delay with every failed attempt (FR1)
    seconds = 2 ** attempt
    # STEP 2: keep the delay below the limit in seconds (FR2)
    return min(seconds, limit)
"""


class ConnectivityKept(ChangeRule):
    """A requirement is found again in the comment of the step that meets it, a tag leads to what it names, the
    words of the ticket come back in the code. An edit may move these ties, not cut them.

    The parts of token connectivity that need no model are measured before and after: C1 tags that are
    defined, C2 terms carried from layer to layer, C3 requirements that the file refers to. None of them may
    fall by more than `connectivity.drop`. A fall of C2 is a warning, because it is a statistic of words.
    Glue that is dropped altogether is edit rule E1's.
    """

    code: ClassVar[str] = "AF408"
    name: ClassVar[str] = "connectivity-kept"
    summary: ClassVar[str] = "An edit cut ties between ticket, glue and code."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {
        "gradual": "warning",
        "legacy": "warning",
        "prototype": "off",
    }
    edit_rule: ClassVar[str] = "E8"
    valid = (Example(_BEFORE.replace("2 ** attempt", "2 ** max(attempt, 0)"), before=_BEFORE),)
    invalid = (
        Example(_BEFORE.replace("limit in seconds (FR2)", "limit in seconds"), lines=(12,), before=_BEFORE),
    )

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem for each part that fell, where its cause stands."""
        settings = changed.settings
        if not changed.in_edit_scope or changed.both is None or not changed.changed:
            return
        if not changed.applies(settings.connectivity.scope):
            return
        specs = find_specs(changed, change)
        indexes = change.tag_indexes
        before, after = (
            measure_connectivity(
                reading, tag_index=index, settings=settings, spec_text=_text_of(map(source_of, specs))
            )
            for reading, index, source_of in zip(
                changed.both, indexes, (change.source_before, change.source_after), strict=True
            )
        )  # fmt: skip
        for reason in compare(before, after, settings.connectivity.drop):
            yield Problem(
                reason.start, reason.end, reason.message, "Say again what ties the parts together.",
                "warning" if reason.part == "C2" else None, anchor=reason.part,
            )  # fmt: skip


def _text_of(sources: Iterable[SourceFile | None]) -> str | None:
    return "\n".join(source.text for source in sources if source is not None) or None

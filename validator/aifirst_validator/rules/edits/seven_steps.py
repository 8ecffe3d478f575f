"""AF413, edit rule E13: an edit record shows all seven steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.record import EditRecord, Plan
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = "def delay(attempt):\n    return 2 ** attempt\n"
_AFTER = _BEFORE.replace("2 ** attempt", "min(2 ** attempt, 60)")
_PLAN = """
intent = "Limit the delay in example.py:2."
analysis = "Clients give up after an hour."
context = ["example.py"]
log = "Limited the delay, example.py:2."
commit = "3f672c7"
[plan]
files_to_modify = ["example.py"]
files_to_update = []
validation_checks = ["pytest"]
[[plan.changes]]
file = "example.py"
line = 2
action = "modify"
details = "at most 60 seconds"
[[validation]]
check = "pytest"
passed = true
change = 1
"""


class SevenSteps(ChangeRule):
    """An edit has seven steps: analyse, gather context, plan, change with a check after each change, validate
    the whole, log, commit. The record shows which were taken; a step that left no trace was skipped.

    Judged where an edit record is given: analysis, context, a plan with its files, its changes (file, line,
    action, details) and its checks, a result for each planned change and each check, a log and the commit.
    """

    code: ClassVar[str] = "AF413"
    name: ClassVar[str] = "seven-steps"
    summary: ClassVar[str] = "The edit record lacks steps of the edit."
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {"legacy": "note", "prototype": "off"}
    edit_rule: ClassVar[str] = "E13"
    valid = (Example(_AFTER, before=_BEFORE, plan=_PLAN),)
    invalid = (Example(_AFTER, lines=(1,), before=_BEFORE, plan=_PLAN.replace("commit = ", "analysis2 = ")
                       .replace('analysis2 = "3f672c7"\n', "")),)  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem for the record, at the top of the change's first file."""
        if change.plan is None or changed is not change.files[0]:
            return
        missing = list(_missing(change.plan))
        failed = [one.check for one in change.plan.validation if not one.passed]
        if missing:
            yield Problem(
                0, 0, f"the edit record has no {', no '.join(missing)}", "Take the step and record it.",
                anchor="record",
            )  # fmt: skip
        if failed:
            yield Problem(
                0, 0, f"the edit record holds failed checks: {', '.join(failed)}",
                "Correct the edit until they pass.", anchor="failed",
            )  # fmt: skip


def _missing(record: EditRecord) -> Iterator[str]:
    if not record.analysis.strip():
        yield "analysis"
    if not record.context:
        yield "context"
    if record.plan is None:
        yield "plan"
    else:
        yield from _missing_in_plan(record.plan, record)
    if not any(line.strip() for line in record.log_lines):
        yield "log"
    if not record.commit.strip():
        yield "commit"


def _missing_in_plan(plan: Plan, record: EditRecord) -> Iterator[str]:
    if not plan.files_to_modify:
        yield "plan.files_to_modify"
    if not plan.changes:
        yield "plan.changes"
    for number, one in enumerate(plan.changes, 1):
        empty = [name for name in ("line", "action", "details") if not getattr(one, name)]
        if empty:
            yield f"{', '.join(empty)} in plan.changes {number}"
    if not plan.validation_checks:
        yield "plan.validation_checks"
    done = {one.check for one in record.validation}
    for check in plan.validation_checks:
        if check not in done:
            yield f"result of {check}"
    validated = {one.change for one in record.validation}
    for number in range(1, len(plan.changes) + 1):
        if number not in validated:
            yield f"validation of planned change {number}"

"""AF414, edit rule E14: plans and logs point at lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.tickets import find_references

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.record import EditRecord, PlannedChange, clean_path
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = "def delay(attempt):\n    return 2 ** attempt\n"
_AFTER = _BEFORE.replace("2 ** attempt", "min(2 ** attempt, 60)")
_PLAN = """
intent = "Limit the delay in example.py:2."
log = "Limited the delay, example.py:2."
[plan]
[[plan.changes]]
file = "example.py"
line = 2
"""
_SENTENCE_END = re.compile(r"[.!?…](?=\s|\Z)")


class AnchoredReferences(ChangeRule):
    """`src/retry.py:42` is a place; "the retry function" is a guess that the next reader has to make. Every
    reference to code in a plan or a log is written as path and line.

    Judged where an edit record is given: the intent is one or two sentences with at least one such anchor,
    every planned change has a line, every log entry has an anchor, and anchors of the changed files point at
    lines that exist before or after the change.
    """

    code: ClassVar[str] = "AF414"
    name: ClassVar[str] = "anchored-references"
    summary: ClassVar[str] = "The edit record refers to code without path and line."
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {"legacy": "note", "prototype": "off"}
    edit_rule: ClassVar[str] = "E14"
    valid = (Example(_AFTER, before=_BEFORE, plan=_PLAN),)
    invalid = (
        Example(_AFTER, lines=(1,), before=_BEFORE, plan=_PLAN.replace("Limited the delay, example.py:2", "Done")),
        Example(_AFTER, lines=(1,), before=_BEFORE, plan=_PLAN.replace("line = 2", "line = 200")),
        Example(
            _AFTER, lines=(1,), before=_BEFORE, plan=_PLAN.replace("Limit the", "I looked. I thought. Limit the")
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """Problems of the record at the top of the change's first file, of a planned line at its file."""
        if change.plan is None:
            return
        if changed is change.files[0]:
            yield from _record_problems(change.plan)
        for number, one in enumerate(change.plan.plan.changes if change.plan.plan else (), 1):
            if clean_path(one.file) in {changed.path, changed.old_path} and not _exists(one, changed):
                yield Problem(
                    0, 0, f"planned change {number} points at {one.file}:{one.line}, which does not exist",
                    "Give the line in the file before the edit.", anchor=f"planned {number}",
                )  # fmt: skip


def _record_problems(record: EditRecord) -> Iterator[Problem]:
    sentences = len(_SENTENCE_END.findall(record.intent.strip().rstrip(".!?… ") + "."))
    if not record.intent.strip():
        yield _problem(
            "the edit record has no intent", "Say in one or two sentences what is done at path:line."
        )
    elif sentences > 2:
        yield _problem(f"the intent has {sentences} sentences", "Say it in one or two.")
    if record.intent.strip() and not _anchored(record.intent):
        yield _problem("the intent names no path:line", "Name the place as path:line.")
    for number, line in enumerate(record.log_lines, 1):
        if line.strip() and not _anchored(line):
            yield _problem(f"log entry {number} names no path:line", "Name the place as path:line.")
    for number, one in enumerate(record.plan.changes if record.plan else (), 1):
        if one.line <= 0:
            yield _problem(f"planned change {number} in {one.file} has no line", "Give the line.")


def _problem(message: str, suggestion: str) -> Problem:
    return Problem(0, 0, message, suggestion, anchor=message)


def _anchored(text: str) -> bool:
    return any(one.kind == "anchor" and one.well_formed for one in find_references(text))


def _exists(one: PlannedChange, changed: ChangedFile) -> bool:
    """Whether the planned line exists before or after the change; a line of 0 is another problem."""
    sides = [source for source in (changed.source_before, changed.source_after) if source is not None]
    return any(max(one.line, one.end_line) <= len(source.data.splitlines()) + 1 for source in sides)

"""Runs change rules over a change set.

Rules are asked file by file, in a fixed order; generated files and files that are no text are not judged.
Making findings of the problems, suppressions and severities are the engine's.
"""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_codebase.generated import generated_reason

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule

Judged = tuple[ChangedFile, ChangeRule, Problem]


def judge_change(change: ChangeSet, rules: Sequence[ChangeRule]) -> list[Judged]:
    """Every problem of the change, by path, then place, then rule.

    A problem's offsets are bytes of the file after the change (before it, where it was deleted).
    """
    files = sorted(change.files, key=lambda changed: changed.path)
    return [judged for changed in files for judged in judge_changed_file(change, changed, rules)]


def judge_changed_file(change: ChangeSet, changed: ChangedFile, rules: Sequence[ChangeRule]) -> list[Judged]:
    """Every problem of one file of the change, by place, then rule."""
    if not _is_judged(changed):
        return []
    judged = [
        (changed, rule, problem)
        for rule in rules
        if rule.severity_under(changed.settings) != "off" and _kind(changed) in rule.kinds
        for problem in change.problems(rule, changed)
    ]
    judged.sort(key=_order)
    return judged


def _is_judged(changed: ChangedFile) -> bool:
    source = changed.source_after or changed.source_before
    if source is None or (changed.after or changed.before) is None:
        return False
    return changed.settings.discovery.generated or not generated_reason(source.path, source.data)


def _kind(changed: ChangedFile) -> str:
    reading = changed.after or changed.before
    return reading.language.kind if reading is not None else ""


def _order(judged: Judged) -> tuple[int, int, str, str]:
    _, rule, problem = judged
    return (problem.start, problem.end, rule.code, problem.message)

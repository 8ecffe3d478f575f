"""The change set of a rule's example: its files before and after, on one fixed day."""

from __future__ import annotations

from datetime import date
from typing import Final

from aifirst_codebase.config.settings import Settings

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.pair import change_of_texts
from aifirst_validator.changes.record import parse_record
from aifirst_validator.rule import Example

EXAMPLE_DAY: Final = date(2025, 6, 1)
"""The day on which every example's change is made."""


def change_of_example(example: Example, settings: Settings) -> ChangeSet:
    """The change that the example describes; files that `before_files` leaves out were there unchanged."""
    after = {**dict(example.files), example.path: example.text}
    before = {**dict(example.files), **dict(example.before_files)}
    before.pop(example.path, None)
    if example.before is not None:
        before[example.path] = example.before
    plan = parse_record(example.plan) if example.plan else None
    return change_of_texts(before, after, today=EXAMPLE_DAY, settings_of=lambda _path: settings, plan=plan)

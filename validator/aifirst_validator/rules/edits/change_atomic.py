"""AF410, edit rule E10: a file that holds one function keeps holding one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.reading import Reading

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.match_units import last_name
from aifirst_validator.changes.testing_paths import is_test_path
from aifirst_validator.finding import FindingSeverity, Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = "# @TAG:FUNCTION:delay\n\ndef delay(attempt):\n    return 2 ** attempt\n"


class ChangeAtomic(ChangeRule):
    """One function, one file: the file is the unit that is read, generated and regenerated. An edit that puts
    a second, unrelated function beside the first one starts a collection.

    In a file that had exactly one top-level function, a new one must call it or be called by it. Where
    `limits.functions_per_file` is set, an edit that goes over it is an error whatever calls what. Tests are
    not judged.
    """

    code: ClassVar[str] = "AF410"
    name: ClassVar[str] = "change-atomic"
    summary: ClassVar[str] = "An edit put an unrelated function into a one-function file."
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {"full": "error", "legacy": "off", "prototype": "off"}
    edit_rule: ClassVar[str] = "E10"
    valid = (
        Example(
            _BEFORE.replace("2 ** attempt", "_limited(2 ** attempt)")
            + "\n\ndef _limited(seconds):\n    return min(seconds, 60)\n",
            before=_BEFORE,
        ),
    )
    invalid = (
        Example(_BEFORE + "\n\ndef jitter(seconds):\n    return seconds / 2\n", lines=(7,), before=_BEFORE),
        Example(
            _BEFORE.replace("2 ** attempt", "_limited(2 ** attempt)")
            + "\n\ndef _limited(seconds):\n    return min(seconds, 60)\n",
            lines=(7,), before=_BEFORE, settings="limits.functions_per_file = 1",
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem at each new function that should have a file of its own."""
        del change
        if not changed.in_edit_scope or changed.both is None or is_test_path(changed.path):
            return
        before, after = changed.both
        old, new = _top_functions(before), _top_functions(after)
        added = [index for index in changed.added if index in new]
        limit = changed.settings.limits.functions_per_file
        over = bool(limit) and len(new) > max(limit, len(old))
        if not added or (not over and len(old) != 1):
            return
        severity: FindingSeverity | None = "error" if over else None
        uses = {} if over else _uses(changed, after, new)
        for index in added:
            if over or not _related(changed, after, index, uses):
                unit = after.units[index]
                yield Problem(
                    unit.name_start, unit.name_end,
                    f"{unit.name} is a new function in a file that held {len(old)}"
                    + ("" if over else ", and has nothing to do with it"),
                    "Give it a file of its own.", severity, anchor=unit.name,
                )  # fmt: skip


def _top_functions(reading: Reading) -> list[int]:
    return [i for i, unit in enumerate(reading.units) if unit.kind == "function" and unit.parent == 0]


def _uses(
    changed: ChangedFile, after: Reading, functions: list[int]
) -> dict[bytes, tuple[list[int], list[int]]]:
    """By the name of each function: the functions of that name, and the units that name it."""
    uses: dict[bytes, tuple[list[int], list[int]]] = {}
    for index in functions:
        uses.setdefault(last_name(after.units[index]).encode(), ([], []))[0].append(index)
    for index in range(len(after.units)):
        for token in uses.keys() & set(changed.tokens_after(index)):
            uses[token][1].append(index)
    return uses


def _related(
    changed: ChangedFile, after: Reading, index: int, uses: dict[bytes, tuple[list[int], list[int]]]
) -> bool:
    """Whether the function and another of the file (or its top-level code) name each other."""
    named = uses.keys() & set(changed.tokens_after(index))
    if any(other != index for token in named for other in uses[token][0][:2]):
        return True
    using = uses[last_name(after.units[index]).encode()][1]
    return any(other != index and after.units[other].parent != index for other in using)

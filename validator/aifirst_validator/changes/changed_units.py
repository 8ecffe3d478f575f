"""The units that a change touches: those whose code differs or that are new, and those that are no more.

Comments and formatting do not count. Left out is what depends on them: that the dependency graph knows.
"""

from __future__ import annotations

import msgspec
from aifirst_codebase.reading import Reading
from aifirst_codebase.source import SourceFile
from aifirst_codebase.units import Unit

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile


class TouchedUnit(msgspec.Struct, frozen=True, order=True):
    """A unit by its file's path and its qualified name, empty for a module's own code; `line` from 1."""

    path: str
    name: str
    language: str
    line: int


class UnitChanges(msgspec.Struct, frozen=True):
    """`touched` are units whose code differs and new ones, as they are; `gone` those that are no more, as they were.

    `before` are the files that the change touched, by the path that they had or have: their text before it, None where
    there was none; filled where something is gone.
    """

    touched: tuple[TouchedUnit, ...] = ()
    gone: tuple[TouchedUnit, ...] = ()
    before: dict[str, SourceFile | None] = {}


def find_unit_changes(change: ChangeSet) -> UnitChanges:
    """What a change touches, each by path and name."""
    touched: set[TouchedUnit] = set()
    gone: set[TouchedUnit] = set()
    before: dict[str, SourceFile | None] = {}
    for changed in change.files:
        _take(changed, touched, gone)
    if gone:
        before = {changed.path: None for changed in change.files if changed.status != "deleted"}
        before |= {
            changed.old_path: changed.source_before
            for changed in change.files
            if changed.status not in ("added", "copied")
        }
    return UnitChanges(tuple(sorted(touched)), tuple(sorted(gone)), before)


def _take(changed: ChangedFile, touched: set[TouchedUnit], gone: set[TouchedUnit]) -> None:
    before, after = changed.before, changed.after
    stays = changed.status == "copied"
    if before is not None and not stays:
        deleted = changed.deleted if changed.both is not None else range(len(before.units))
        gone.update(_was(changed, before.units[index]) for index in deleted)
    if after is None:
        return
    if changed.both is None or before is None:
        touched.update(_is(changed, unit) for unit in after.units)
        return
    touched.update(_is(changed, after.units[index]) for index in changed.added)
    for pair in changed.pairs:
        old, new = before.units[pair.before], after.units[pair.after]
        if (changed.old_path, old.name) != (changed.path, new.name):
            if not stays:
                gone.add(_was(changed, old))
            touched.add(_is(changed, new))
        if changed.tokens_before(pair.before) != changed.tokens_after(pair.after):
            touched.add(_is(changed, new))


def _was(changed: ChangedFile, unit: Unit) -> TouchedUnit:
    return _touched(changed.old_path, changed.before, unit)


def _is(changed: ChangedFile, unit: Unit) -> TouchedUnit:
    return _touched(changed.path, changed.after, unit)


def _touched(path: str, reading: Reading | None, unit: Unit) -> TouchedUnit:
    if reading is None:
        return TouchedUnit(path, unit.name, "", 1)
    line = reading.lines.line_of(unit.code_start) + 1 if unit.name else 1
    return TouchedUnit(path, unit.name, reading.language.name, line)

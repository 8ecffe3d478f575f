"""The units that a change touches, as nodes of the dependency graph."""

from __future__ import annotations

from pathlib import Path

import msgspec
from aifirst_codebase.source import SourceFile
from aifirst_memory.dependencies.model import unit_node
from aifirst_memory.dependencies.registry import resolver_for
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.git import change_of_revision

from aifirst_cli.judging import judging_errors


class ChangedUnits(msgspec.Struct, frozen=True):
    """`ids` are units whose code differs and units that are new, by id; `gone` those that are no more, as they were.

    `unresolved` are those of them in languages that no resolver reads. `before` are the files that the change touched,
    by the path that they had or have: their text before it, None where there was none; filled where something is gone.
    """

    ids: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    before: dict[str, SourceFile | None] = {}


def find_changed_units(root: Path, revision: str) -> ChangedUnits:
    """What changed since a revision; comments and formatting do not count. Raises `Failure` for what git cannot do."""
    ids: set[str] = set()
    gone: dict[str, bool] = {}
    before: dict[str, SourceFile | None] = {}
    with judging_errors(), change_of_revision(root, revision) as change:
        for changed in change.files:
            _take(changed, ids, gone)
        if gone:
            before = {changed.path: None for changed in change.files if changed.status != "deleted"}
            before |= {
                changed.old_path: changed.source_before
                for changed in change.files
                if changed.status not in ("added", "copied")
            }
    unresolved = sorted(id for id, is_resolved in gone.items() if not is_resolved)
    return ChangedUnits(tuple(sorted(ids)), tuple(sorted(gone)), tuple(unresolved), before)


def _take(changed: ChangedFile, ids: set[str], gone: dict[str, bool]) -> None:
    before, after = changed.before, changed.after
    stays = changed.status == "copied"
    is_resolved = before is not None and resolver_for(before.language.name) is not None
    if before is not None and not stays:
        names = before.units
        deleted = changed.deleted if changed.both is not None else range(len(names))
        gone.update({unit_node(changed.old_path, names[index].name): is_resolved for index in deleted})
    if after is None:
        return
    if changed.both is None or before is None:
        ids.update(unit_node(changed.path, unit.name) for unit in after.units)
        return
    ids.update(unit_node(changed.path, after.units[index].name) for index in changed.added)
    for pair in changed.pairs:
        old, new = before.units[pair.before].name, after.units[pair.after].name
        if unit_node(changed.old_path, old) != unit_node(changed.path, new):
            if not stays:
                gone[unit_node(changed.old_path, old)] = is_resolved
            ids.add(unit_node(changed.path, new))
        if changed.tokens_before(pair.before) != changed.tokens_after(pair.after):
            ids.add(unit_node(changed.path, after.units[pair.after].name))

"""The units that a change touches, as nodes of the dependency graph."""

from __future__ import annotations

from pathlib import Path

from aifirst_memory.dependencies.impact_of_change import ChangedUnits, changed_units
from aifirst_validator.changes.changed_units import find_unit_changes
from aifirst_validator.changes.git import change_of_revision

from aifirst_cli.judging import judging_errors


def find_changed_units(root: Path, revision: str) -> ChangedUnits:
    """What changed since a revision; comments and formatting do not count. Raises `Failure` for what git cannot do."""
    with judging_errors(), change_of_revision(root, revision) as change:
        found = find_unit_changes(change)
    touched = ((one.path, one.name) for one in found.touched)
    gone = ((one.path, one.name, one.language) for one in found.gone)
    return changed_units(touched, gone, found.before)

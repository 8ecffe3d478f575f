"""Which tests to run on a change, from near to far: those of the changed units, those of what depends on them, all.

The near ones fail in seconds where the whole suite would take minutes; only the whole says that all is well. The graph is
that of the files as they are, which still knows what depended on what changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from aifirst_memory.dependencies.questions.answers import IMPACT_KINDS, LIKELY, Dependent
from aifirst_memory.dependencies.runnable_tests.find_tests import tests_to_run
from aifirst_memory.dependencies.store import GraphStore
from aifirst_validator.changes.changed_units import find_unit_changes
from aifirst_validator.changes.pair import change_of_texts
from aifirst_validator.changes.testing_paths import is_test_path

from aifirst_orchestrator.agent.workspace import Workspace

_NEAR = 1
"""Edges between a changed unit and a test that counts as its own."""
_MOST_IDS = 400
"""Tests that are named one by one; more than that are the suite."""


class Rung(NamedTuple):
    """Tests to run together, as pytest takes them; none for the whole suite."""

    name: str
    tests: tuple[str, ...]


def widen_tests(store: GraphStore, workspace: Workspace) -> tuple[Rung, ...]:
    """The rungs for the changes of a workspace, each wider than the one before; the last is the whole suite."""
    change = change_of_texts(workspace.before(), dict(workspace.changed), today=datetime.now(UTC).date())
    found = find_unit_changes(change)
    ids = [f"{one.path}::{one.name}" for one in (*found.touched, *found.gone)]
    known = [id for id in ids if store.node(id) is not None]
    reached = store.impact(known, None, IMPACT_KINDS, LIKELY).tests if known else ()
    own = [path for path in workspace.changed if is_test_path(path) and path.endswith(".py")]
    near = _tests(store, workspace, [one for one in reached if one.distance <= _NEAR], own)
    far = _tests(store, workspace, reached, own)
    rungs = [Rung("the tests of what changed", near), Rung("the tests of what depends on it", far)]
    kept = [rung for rung in rungs if 0 < len(rung.tests) <= _MOST_IDS]
    if len(kept) == 2 and set(kept[0].tests) == set(kept[1].tests):
        del kept[1]
    return (*kept, Rung("the suite", ()))


def _tests(
    store: GraphStore, workspace: Workspace, reached: Sequence[Dependent], own: Sequence[str]
) -> tuple[str, ...]:
    """What pytest is given; of a file that the change touches the whole file, since its tests may be others now."""
    tests = tests_to_run(store, workspace.root, workspace.root, reached)
    ids = [
        test.id
        for test in tests
        if test.runner == "pytest" and not set(test.paths) & workspace.changed.keys()
    ]
    return tuple(dict.fromkeys((*own, *ids)))

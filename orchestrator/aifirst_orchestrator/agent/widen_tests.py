"""Which tests to run on a change, from near to far: those of the changed units, those of what depends on them, all.

The near ones fail in seconds where the whole suite would take minutes; only the whole says that all is well. The graph is
that of the files as they are, which still knows what depended on what changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from aifirst_memory.dependencies.questions.answers import IMPACT_KINDS, LIKELY
from aifirst_memory.dependencies.runnable_tests.find_tests import tests_to_run
from aifirst_memory.dependencies.runnable_tests.runnable import RunnableTest
from aifirst_memory.dependencies.store import GraphStore
from aifirst_validator.changes.changed_units import find_unit_changes
from aifirst_validator.changes.pair import change_of_texts
from aifirst_validator.changes.testing_paths import is_test_path

from aifirst_orchestrator.agent.test_runners.runner import Kind
from aifirst_orchestrator.agent.workspace import Workspace

_NEAR = 1
"""Edges between a changed unit and a test that counts as its own."""
_MOST_IDS = 400
"""Tests that are named one by one; more than that are the suite."""
_SCRIPTS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_NEAR_NAME, _FAR_NAME, _ALL_NAME = "the tests of what changed", "the tests of what depends on it", "the suite"


class Rung(NamedTuple):
    """Tests to run together, as their runner takes them; none for the whole suite."""

    name: str
    tests: tuple[str, ...]
    kind: Kind = "pytest"


def widen_tests(
    store: GraphStore, workspace: Workspace, kinds: Sequence[Kind] = ("pytest",)
) -> tuple[Rung, ...]:
    """The rungs for the changes of a workspace, each wider than the one before; the last are the whole suites."""
    change = change_of_texts(workspace.before(), dict(workspace.changed), today=datetime.now(UTC).date())
    found = find_unit_changes(change)
    ids = [f"{one.path}::{one.name}" for one in (*found.touched, *found.gone)]
    known = [id for id in ids if store.node(id) is not None]
    reached = store.impact(known, None, IMPACT_KINDS, LIKELY).tests if known else ()
    tests = tests_to_run(store, workspace.root, workspace.root, reached)
    near = tests_to_run(
        store, workspace.root, workspace.root, [one for one in reached if one.distance <= _NEAR]
    )
    rungs: list[tuple[Rung, ...]] = [_rungs(workspace, kind, near, tests) for kind in kinds]
    names = (_NEAR_NAME, _FAR_NAME, _ALL_NAME)
    return tuple(rung for name in names for own in rungs for rung in own if rung.name == name)


def near_rungs(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """Those of what changed alone."""
    return tuple(rung for rung in rungs if rung.name == _NEAR_NAME)


def _rungs(
    workspace: Workspace, kind: Kind, near: Sequence[RunnableTest], far: Sequence[RunnableTest]
) -> tuple[Rung, ...]:
    rungs = [
        Rung(_NEAR_NAME, _tests(workspace, kind, near), kind),
        Rung(_FAR_NAME, _tests(workspace, kind, far), kind),
    ]
    kept = [rung for rung in rungs if 0 < len(rung.tests) <= _MOST_IDS]
    if len(kept) == 2 and set(kept[0].tests) == set(kept[1].tests):
        del kept[1]
    return (*kept, Rung(_ALL_NAME, (), kind))


def _tests(workspace: Workspace, kind: Kind, tests: Sequence[RunnableTest]) -> tuple[str, ...]:
    """What the runner is given; of a file that the change touches the whole file, since its tests may be others now."""
    touched = set(workspace.touched)
    own = [id for path in workspace.changed if is_test_path(path) and (id := _whole_file(kind, path))]
    ids = [test.id for test in tests if _is_for(kind, test) and not set(test.paths) & touched]
    return tuple(dict.fromkeys((*own, *ids)))


def _is_for(kind: Kind, test: RunnableTest) -> bool:
    if kind == "script":
        return test.runner == "files" and test.id.endswith(_SCRIPTS)
    if kind == "cargo":
        return test.runner == "files" and test.id.endswith(".rs")
    return test.runner == kind


def _whole_file(kind: Kind, path: str) -> str:
    """How a runner is given all tests of a file; "" where the file is not for it."""
    folder, _, name = path.rpartition("/")
    match kind:
        case "pytest":
            return path if name.endswith(".py") and name != "conftest.py" else ""
        case "script":
            return path if name.endswith(_SCRIPTS) else ""
        case "cargo":
            return path if name.endswith(".rs") else ""
        case "go":
            return (f"./{folder}" if folder else ".") if name.endswith("_test.go") else ""
        case "junit":
            return name.removesuffix(".java") if name.endswith(".java") else ""

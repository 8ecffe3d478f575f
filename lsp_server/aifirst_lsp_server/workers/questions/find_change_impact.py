"""What the change at work may break, and the tests to run, as `aifirst impact --diff HEAD` tells them.

Git is asked by the starter that starts nothing of what a repository's configuration names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from aifirst_lsp_server.workers.desk import ExpectedError
from aifirst_lsp_server.workers.questions.find_impact import Affected, affected

if TYPE_CHECKING:
    from aifirst_memory.dependencies.impact_of_change import ChangedUnits
    from aifirst_memory.dependencies.questions.answers import Impact
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
    from aifirst_validator.changes.changed_units import UnitChanges

    from aifirst_lsp_server.workers.desk import Desk

_MOST_FILES = 1000
"""Files of a change that are read while a person waits."""
_SECONDS = 5.0
"""Of processor time, for what referred to units that are gone."""


class Question(msgspec.Struct, frozen=True):
    """The project at `root`; `texts` by path, UTF-8, are open in the editor and stand for those on the disk."""

    root: str
    texts: dict[str, bytes] = {}


class Touched(msgspec.Struct, frozen=True):
    """A unit that the change touched; of one that is gone `line` is where it was, from 1."""

    id: str
    path: str
    line: int


class TestToRun(msgspec.Struct, frozen=True):
    """A test as its runner takes it in the project's folder: `pytest`, `go`, `junit`, or `files` for all others."""

    __test__ = False

    id: str
    runner: str
    path: str


class Answer(msgspec.Struct, frozen=True):
    """What changed since the last commit, what may break by that, surest first, as many as are told of `total`.

    `unknown` are those of the units that are gone of which nobody knows what referred to them; `left` says how many
    files should have been looked at for that, but would have taken too long.
    """

    changed: tuple[Touched, ...]
    gone: tuple[Touched, ...]
    units: tuple[Affected, ...]
    total: int
    tests: tuple[TestToRun, ...]
    unknown: tuple[str, ...] = ()
    left: int = 0


def answer(desk: Desk, question: Question) -> Answer:
    """Ask git what changed, and the graph as it is what depends on that."""
    from aifirst_memory.dependencies.impact_of_change import changed_tests, changed_units
    from aifirst_memory.dependencies.runnable_tests.find_tests import tests_to_run

    from aifirst_lsp_server.workers.librarian import graph_of, told_errors

    root = Path(question.root)
    graph = graph_of(desk, question.root)
    found = _changes(root, _unsaved(root, question.texts))
    changed = changed_units(
        [(one.path, one.name) for one in found.touched],
        [(one.path, one.name, one.language) for one in found.gone],
        found.before,
    )
    with told_errors():
        impact, unknown, left = _impact(graph, root, changed)
        tests = tests_to_run(graph, root, root, (*changed_tests(changed.ids), *impact.tests))
        units = affected(graph, impact)
    ran = tuple(TestToRun(one.id, one.runner, one.paths[0] if one.paths else "") for one in tests)
    was, now = _told(found)
    return Answer(now, was, units, len(impact.dependents), ran, unknown, left)


def _unsaved(root: Path, texts: dict[str, bytes]) -> dict[str, bytes]:
    """The texts that are not those of the disk."""
    return {path: text for path, text in texts.items() if _on_disk(root / path) != text}


def _on_disk(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _changes(root: Path, unsaved: dict[str, bytes]) -> UnitChanges:
    from aifirst_codebase.git import Git, GitError
    from aifirst_validator.changes.changed_units import find_unit_changes
    from aifirst_validator.changes.git import change_of_revision

    try:
        Git(root)  # says without the words of a comparison what is wrong
        with change_of_revision(root, "HEAD", unsaved=unsaved) as change:
            if len(change.files) > _MOST_FILES:
                told = f"{len(change.files):,} files changed since the last commit, too many to look at here."
                raise ExpectedError(told, "Run `aifirst impact --diff HEAD` in a terminal.")
            return find_unit_changes(change)
    except GitError as error:
        raise ExpectedError(
            str(error),
            "Or ask what depends on the unit at the cursor: “aifirst: Show What Depends on This Unit”.",
        ) from error


def _impact(graph: SqliteGraph, root: Path, changed: ChangedUnits) -> tuple[Impact, tuple[str, ...], int]:
    """The impact; of which units that are gone nothing is known, and how many files were left out.

    What is gone but not saved, or not indexed yet, is in the graph still. Only of the rest the past is asked.
    """
    from aifirst_memory.dependencies.impact_of_change import edges_before_change, impact_with

    ids = (*changed.ids, *changed.gone)
    missing = tuple(id for id in changed.gone if graph.node(id) is None)
    if not missing:
        return graph.impact(ids), (), 0
    past = edges_before_change(root, msgspec.structs.replace(changed, gone=missing), seconds=_SECONDS)
    if past is None:
        return graph.impact(ids), missing, 0
    known = {node.id for node in past.nodes}
    unknown = tuple(id for id in missing if id not in known)
    return impact_with(graph, past, ids), unknown, past.left


def _told(found: UnitChanges) -> tuple[tuple[Touched, ...], tuple[Touched, ...]]:
    from aifirst_memory.dependencies.model import unit_node

    was, now = (
        tuple(Touched(unit_node(one.path, one.name), one.path, one.line) for one in units)
        for units in (found.gone, found.touched)
    )
    return was, now

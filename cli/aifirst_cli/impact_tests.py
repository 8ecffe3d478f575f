"""The tests to run after a change, as their runners take them: what `aifirst impact --tests` prints.

A change reaches units of test files: tests, but also what stands around them. Each language's module says what has
to run for the units of its files; a runner that is given a test that is none fails as a whole, so where that is
not sure the file is given instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from aifirst_codebase.discovery.reading import read_source
from aifirst_codebase.source import SourceFile
from aifirst_memory.dependencies.model import Node, path_of
from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.store import GraphStore

from aifirst_cli.graph_options import RUNNERS

PYTEST, GO, JUNIT, FILES = RUNNERS


class RunnableTest(msgspec.Struct, frozen=True):
    """A test, or several that only run together. `id` is what its runner is given, in the folder one stands in.

    `paths` are the project's files that it lies in; `within` are ids that hold this one too; `names` are the names of
    tests in it that are meant, where the id says less than is known.
    """

    id: str
    runner: str
    paths: tuple[str, ...]
    confidence: float
    distance: int
    within: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class ReachedFile(msgspec.Struct, frozen=True):
    """A test file that a change reaches: its text, and its units that are reached, surest first."""

    path: str
    source: SourceFile
    reached: tuple[Dependent, ...]


class TestedProject:
    """What the languages ask of the project: the graph, texts, and how a file is called from where one stands."""

    __test__ = False

    def __init__(self, store: GraphStore, root: Path, here: Path) -> None:
        self.store = store
        self._root = root
        self._here = here
        self._nodes: dict[str, Node | None] = {}

    def node(self, id: str) -> Node | None:
        """The node of an id."""
        if id not in self._nodes:
            self._nodes[id] = self.store.node(id)
        return self._nodes[id]

    def source(self, path: str) -> SourceFile | None:
        """The text of a file; None where it cannot be read."""
        read = read_source(self._root, path)
        return read if isinstance(read, SourceFile) else None

    def called(self, path: str) -> str:
        """A path of the project as a runner takes it that is started in the current folder."""
        return Path(os.path.relpath(self._root / path, self._here)).as_posix()

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All files of the graph."""
        return tuple(node.id for node in self.store.whole("file").graph.nodes if node.kind == "file")

    def heirs(self, classes: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """For each class those that inherit from it, directly or not; also for what inherits in between."""
        if not classes:
            return {}
        edges = self.store.subgraph(classes, 8, ("inherits",)).graph.edges
        below: dict[str, list[str]] = {}
        for edge in edges:
            below.setdefault(edge.target, []).append(edge.source)
        return {base: tuple(_all_below(base, below)) for base in below}


def _all_below(base: str, below: dict[str, list[str]]) -> Iterator[str]:
    seen, waiting = {base}, list(below.get(base, ()))
    while waiting:
        one = waiting.pop(0)
        if one not in seen:
            seen.add(one)
            waiting += below.get(one, ())
            yield one


def tests_to_run(
    store: GraphStore, root: Path, here: Path, reached: Sequence[Dependent]
) -> tuple[RunnableTest, ...]:
    """What to run, surest first, then nearest; what a surer one holds already is left out.

    `reached` are the units of test files that a change reaches.
    """
    from aifirst_cli import impact_go_tests, impact_junit_tests, impact_pytest, impact_script_tests

    project = TestedProject(store, root, here)
    by_path: dict[str, list[Dependent]] = {}
    for one in reached:
        by_path.setdefault(path_of(one.node), []).append(one)
    files = [
        ReachedFile(path, source, tuple(units))
        for path, units in by_path.items()
        if (source := project.source(path)) is not None
    ]
    python = [file for file in files if file.path.endswith(".py")]
    go = [file for file in files if file.path.endswith("_test.go")]
    java = [file for file in files if file.path.endswith(".java")]
    other = [file for file in files if not file.path.endswith((".py", "_test.go", ".java"))]
    found = [
        *impact_pytest.tests_of(project, python),
        *impact_go_tests.tests_of(project, go),
        *impact_junit_tests.tests_of(project, java),
        *impact_script_tests.tests_of(project, other),
    ]
    return _ranked(found)


def _ranked(found: Sequence[RunnableTest]) -> tuple[RunnableTest, ...]:
    order = sorted(found, key=lambda test: (-test.confidence, test.distance, test.runner, test.id))
    shown: dict[tuple[str, str], RunnableTest] = {}
    for test in order:
        if not any((test.runner, id) in shown for id in (test.id, *test.within)):
            shown[test.runner, test.id] = test
    return tuple(shown.values())


def files_of(tests: Sequence[RunnableTest]) -> list[str]:
    """The files to run, the one with the surest test first."""
    return list(dict.fromkeys(path for test in tests for path in test.paths))

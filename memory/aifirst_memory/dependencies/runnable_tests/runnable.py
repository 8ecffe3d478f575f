"""What the languages' tests are told as, and what they are found from: shared by the modules of all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import msgspec
from aifirst_codebase.discovery.reading import read_source
from aifirst_codebase.source import SourceFile

from aifirst_memory.dependencies.model import Node
from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.runnable_tests.runners import RUNNERS
from aifirst_memory.dependencies.store import GraphStore

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

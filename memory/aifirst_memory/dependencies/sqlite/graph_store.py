"""The stored graph, open for questions: arrays that are loaded once, and again when the graph has changed since."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from aifirst_memory.dependencies.model import Edge, EdgeKind, Node
from aifirst_memory.dependencies.questions import structure
from aifirst_memory.dependencies.questions.answers import (
    DEPENDENCE_KINDS,
    IMPACT_KINDS,
    LIKELY,
    Counts,
    Cycle,
    Dead,
    Hub,
    Impact,
    Layers,
    Level,
    Reached,
    View,
)
from aifirst_memory.dependencies.questions.arrays import GraphArrays
from aifirst_memory.dependencies.questions.counts import counts
from aifirst_memory.dependencies.questions.dead_code import dead_code
from aifirst_memory.dependencies.questions.find import exact_ids, matching_ids
from aifirst_memory.dependencies.questions.fold import whole
from aifirst_memory.dependencies.questions.impact import impact
from aifirst_memory.dependencies.questions.subgraph import subgraph
from aifirst_memory.dependencies.questions.walk import reach, shortest_path
from aifirst_memory.dependencies.sqlite.integrity import is_finished
from aifirst_memory.dependencies.sqlite.load import load_arrays
from aifirst_memory.dependencies.sqlite.place import find_graph_place, open_for_reading, told
from aifirst_memory.dependencies.store import GraphStoreError
from aifirst_memory.store import read_meta, snapshot


class SqliteGraph:
    """A `GraphStore` on the graph of one project; close it, or use it in a `with` statement. Not for two threads."""

    def __init__(self, root: Path) -> None:
        """Open the graph of the project at `root`.

        Raises `NoGraphError` where there is none, `GraphStoreError` where it cannot be read.
        """
        self._place = find_graph_place(root)
        self._connection = open_for_reading(self._place)
        self._inode = self._place.path.stat().st_ino
        self._generation = ""
        self._arrays: GraphArrays | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    @property
    def is_complete(self) -> bool:
        """Whether the last build came to its end; until then edges are missing."""
        with self._moment():
            if not is_finished(self._connection):
                return False
            return self._connection.execute("SELECT 1 FROM dep_pending LIMIT 1").fetchone() is None

    @contextmanager
    def arrays(self) -> Generator[GraphArrays]:
        """The newest state of the graph, for as long as the context lasts."""
        with self._moment():
            generation = read_meta(self._connection, "generation")
            if self._arrays is None or generation != self._generation:
                self._arrays = load_arrays(self._connection)
                self._generation = generation
            yield self._arrays

    @contextmanager
    def _moment(self) -> Generator[None]:
        """What is read inside is the state of one moment; that of the outer one, where one is open."""
        if self._connection.in_transaction:
            yield
            return
        try:
            if self._place.path.stat().st_ino != self._inode:
                self._open_anew()
            with snapshot(self._connection):
                yield
        except FileNotFoundError as error:
            raise GraphStoreError("the dependency graph is gone: run `aifirst graph`") from error
        except (zlib.error, msgspec.DecodeError) as error:
            raise GraphStoreError(
                f"the dependency graph is damaged ({error}): remove {self._place.path}, then run `aifirst graph`"
            ) from error
        except sqlite3.Error as error:
            raise GraphStoreError(told(error)) from error

    def _open_anew(self) -> None:
        """Turn to the database that was made in the place of the one that was open."""
        connection = open_for_reading(self._place)
        self._connection.close()
        self._connection = connection
        self._inode = self._place.path.stat().st_ino
        self._arrays = None

    def node(self, id: str) -> Node | None:
        """See `GraphStore`."""
        with self.arrays() as graph:
            position = graph.positions.get(id)
            return None if position is None else graph.nodes([position])[0]

    def find(self, text: str) -> tuple[Node, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            exact = next((id for id in exact_ids(text) if id in graph.positions), None)
            found = matching_ids(graph.ids, text) if exact is None else [exact]
            return tuple(graph.nodes([graph.positions[id] for id in found]))

    def callers(self, id: str, depth: int = 1) -> tuple[Reached, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return reach(graph, id, depth, callers=True)

    def callees(self, id: str, depth: int = 1) -> tuple[Reached, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return reach(graph, id, depth, callers=False)

    def impact(
        self,
        ids: Collection[str],
        depth: int | None = None,
        kinds: Collection[EdgeKind] = IMPACT_KINDS,
        least: float = LIKELY,
    ) -> Impact:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return impact(graph, ids, depth, kinds, least)

    def cycles(
        self, level: Level = "file", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS, least: float = 0.0
    ) -> tuple[Cycle, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return structure.cycles(graph, level, kinds, least)

    def layers(
        self, level: Level = "file", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS, least: float = 0.0
    ) -> Layers:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return structure.layers(graph, level, kinds, least)

    def shortest_path(
        self, source: str, target: str, kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
    ) -> tuple[Edge, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return shortest_path(graph, source, target, kinds)

    def hubs(
        self, k: int = 20, level: Level = "unit", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
    ) -> tuple[Hub, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return structure.hubs(graph, k, level, kinds)

    def dead_code(self, entry_points: Sequence[str] = ()) -> tuple[Dead, ...]:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return dead_code(graph, entry_points)

    def subgraph(
        self,
        around: Collection[str],
        depth: int = 1,
        kinds: Collection[EdgeKind] | None = None,
        level: Level = "unit",
    ) -> View:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return subgraph(graph, around, depth, kinds, level)

    def whole(self, level: Level = "unit") -> View:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return whole(graph, level)

    def counts(self, below: str = "", least: float = 0.0) -> Counts:
        """See `GraphStore`."""
        with self.arrays() as graph:
            return counts(graph, below, least)

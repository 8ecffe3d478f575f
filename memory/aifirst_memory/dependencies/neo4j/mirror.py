"""Writes a graph into Neo4j: what differs from what is there, bucket by bucket, in batches.

A mark beside the nodes of each file says what was written of it. Before anything is changed the marks of all that
will be are taken away, so a run that dies in the middle is made good by the next one, and nothing is there twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.neo4j import statements
from aifirst_memory.dependencies.neo4j.address import Neo4jAddress
from aifirst_memory.dependencies.neo4j.buckets import Buckets
from aifirst_memory.dependencies.neo4j.connection import opened
from aifirst_memory.dependencies.neo4j.edge_batch import EdgeBatch, edge_batches
from aifirst_memory.dependencies.neo4j.sole_writer import SoleWriter, rows, run, sole_writer
from aifirst_memory.dependencies.questions.arrays import GraphArrays
from aifirst_memory.dependencies.store import GraphStoreError

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

Progress = Callable[[int, int], None]
"""Called with the number of edges written and to write."""
_BATCH_NODES: Final = 4_000
_BATCH_EDGES: Final = 10_000
_BATCH_BUCKETS: Final = 1_000


class MirrorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did. `files` are the buckets that differed, of `of_files`; `removed` those that are gone."""

    files: int
    of_files: int
    removed: int
    nodes: int
    edges: int
    seconds: float


def mirror(
    graph: GraphArrays, address: Neo4jAddress, project: str, name: str = "", progress: Progress | None = None
) -> MirrorReport:
    """Make the project's graph in Neo4j equal to this one. Raises `GraphStoreError` with the next step."""
    with open_mirror(address, project, name) as write:
        return write(graph, progress)


Write = Callable[[GraphArrays, Progress | None], MirrorReport]


@contextmanager
def open_mirror(
    address: Neo4jAddress, project: str, name: str = "", waiting: Callable[[], None] | None = None
) -> Generator[Write]:
    """What makes the project's graph in Neo4j equal to a given one, once it is nobody else's turn to write.

    Read the graph inside: what was read before may be older than what another run has written meanwhile. `waiting`
    is called when there is such a run. Raises `GraphStoreError` with the next step, also from inside.
    """
    with opened(address) as sessions, sole_writer(sessions, project, name, waiting) as writer:

        def write(graph: GraphArrays, progress: Progress | None) -> MirrorReport:
            try:
                return _Mirror(writer, graph, progress).write()
            except _NodesGoneError:
                writer.clear(statements.REMOVE_MARKS, _BATCH_EDGES)
                return _Mirror(writer, graph, progress).write()

        yield write


def remove_project(address: Neo4jAddress, project: str) -> None:
    """Take everything of a project out of Neo4j, and nothing else."""
    with opened(address) as sessions, sole_writer(sessions, project, "") as writer:
        writer.clear(statements.REMOVE, _BATCH_EDGES)
        writer.clear(statements.REMOVE_MARKS, _BATCH_EDGES)
        writer.write(statements.REMOVE_PROJECT)


class _NodesGoneError(GraphStoreError):
    """Nodes that were written are not there any more."""

    def __init__(self) -> None:
        super().__init__(
            "another program takes nodes of this graph out of Neo4j: end it, then run it again, which writes them anew"
        )


class _Mirror:
    """One graph on its way."""

    def __init__(self, writer: SoleWriter, graph: GraphArrays, progress: Progress | None) -> None:
        self._writer = writer
        self._graph = graph
        self._buckets = Buckets(graph)
        self._progress = progress
        self._elements: list[str | None] = [None] * len(graph)
        """What the server calls each node, as far as that is known."""

    def write(self) -> MirrorReport:
        started = time.perf_counter()
        buckets, writer = self._buckets, self._writer
        known = {row["bucket"]: row["digest"] for row in writer.read(statements.MARKS)}
        changed = [path for path in buckets.paths if known.get(path) != buckets.digest(path)]
        gone = sorted(known.keys() - set(buckets.paths))
        (state,) = writer.read(statements.PROJECT)
        is_whole = state["whole"] and list(state["entry_points"]) == list(self._graph.entry_points)
        nodes = edges = 0
        if changed or gone or not is_whole:
            if writer.read(statements.ANY_NODE):
                if not is_whole:
                    gone = sorted({*gone, *self._left_over()})
                self._take_away(changed, gone)
            nodes = self._write_nodes(changed)
            edges = self._write_edges(changed)
            writer.write(statements.FINISH, entry_points=list(self._graph.entry_points))
        return MirrorReport(
            files=len(changed),
            of_files=len(buckets.paths),
            removed=len(gone),
            nodes=nodes,
            edges=edges,
            seconds=time.perf_counter() - started,
        )

    def _left_over(self) -> list[str]:
        """Buckets with nodes that a run which died was about to take away: their marks went first."""
        found = {row["bucket"] for row in self._writer.read(statements.ALL_BUCKETS)}
        return sorted(found - set(self._buckets.paths))

    def _take_away(self, changed: Sequence[str], gone: Sequence[str]) -> None:
        """First the marks of all that will change, then its edges, then the nodes that are no more."""
        for part in _parts([*changed, *gone], _BATCH_BUCKETS):
            self._writer.write(statements.UNMARK, buckets=part)
        for part in _parts([*changed, *gone], _BATCH_BUCKETS // 4):
            self._writer.clear(statements.DELETE_EDGES, _BATCH_EDGES, buckets=part)
        stay = [{"bucket": path, "ids": self._buckets.ids(path)} for path in changed]
        stay += [{"bucket": path, "ids": []} for path in gone]
        for part in _parts(stay, _BATCH_BUCKETS // 4):
            self._writer.write(statements.DELETE_GONE, buckets=part)

    def _write_nodes(self, changed: Sequence[str]) -> int:
        by_kind: dict[str, list[dict[str, object]]] = {}
        for path in changed:
            for kind, row in self._buckets.nodes(path):
                by_kind.setdefault(kind, []).append(row)
        for kind, found in sorted(by_kind.items()):
            for part in _parts(found, _BATCH_NODES):
                columns = {name: [row[name] for row in part] for name in part[0]}
                self._writer.step(lambda t, kind=kind, columns=columns: self._put_nodes(t, kind, columns))
        return sum(map(len, by_kind.values()))

    def _put_nodes(
        self, transaction: ManagedTransaction, kind: str, columns: dict[str, list[object]]
    ) -> None:
        project = self._writer.project
        self._learn(rows(transaction, statements.PUT_NODES[kind], project=project, **columns))

    def _learn(self, answer: Sequence[Any]) -> None:
        positions = self._graph.positions
        for row in answer:
            for id, element in zip(row["ids"], row["elements"], strict=True):
                self._elements[positions[id]] = element

    def _write_edges(self, changed: Sequence[str]) -> int:
        chosen = self._buckets.rows(changed)
        ends = np.cumsum([self._buckets.edge_count(path) for path in changed], dtype=np.int64)
        marked = done = 0
        while marked < len(changed):
            stop = min(done + _BATCH_EDGES, len(chosen))
            last = min(int(np.searchsorted(ends, stop, side="right")), marked + _BATCH_BUCKETS)
            self._write_batch(chosen[done:stop], changed[marked:last])
            marked, done = last, stop
            if self._progress is not None:
                self._progress(done, len(chosen))
        return done

    def _write_batch(self, chosen: NDArray[np.int64], finished: Sequence[str]) -> None:
        """Write some edges, and the marks of the buckets of which these were the last."""
        batches = list(edge_batches(self._graph, chosen))
        self._find({at for batch in batches for at in batch.nodes if self._elements[at] is None})
        marks = [[path, self._buckets.digest(path)] for path in finished]
        self._writer.step(lambda transaction: self._put_edges(transaction, batches, marks))

    def _find(self, positions: Iterable[int]) -> None:
        """Learn what the server calls nodes that this run has not written."""
        ids = [self._graph.ids[at] for at in sorted(positions)]
        for part in _parts(ids, _BATCH_NODES):
            self._learn(self._writer.read(statements.ELEMENTS, ids=part))

    def _put_edges(
        self, transaction: ManagedTransaction, batches: Sequence[EdgeBatch], marks: Sequence[object]
    ) -> None:
        project = self._writer.project
        for batch in batches:
            elements = [self._elements[at] for at in batch.nodes]
            statement = statements.PUT_EDGES[batch.kind]
            counts = run(transaction, statement, project=project, elements=elements, **batch.columns())
            if counts.relationships_created != len(batch.line):
                raise _NodesGoneError
        run(transaction, statements.MARK, project=project, marks=marks)


def _parts(found: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(found), size):
        yield list(found[start : start + size])

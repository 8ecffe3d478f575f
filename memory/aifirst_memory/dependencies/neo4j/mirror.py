"""Writes a graph into Neo4j: what differs from what is there, bucket by bucket, each in a transaction of its own.

A mark beside the nodes of each file says what was written of it. Before anything is changed the marks of all that
will be are taken away, so a run that dies in the middle is made good by the next one, and nothing is there twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from aifirst_memory.dependencies.neo4j import statements
from aifirst_memory.dependencies.neo4j.buckets import Bucket, Buckets
from aifirst_memory.dependencies.neo4j.connection import Neo4jAddress, connected
from aifirst_memory.dependencies.questions.arrays import GraphArrays

if TYPE_CHECKING:
    from neo4j import ManagedTransaction, Session

Progress = Callable[[int, int], None]
"""Called with the number of edges written and to write."""
_BATCH_NODES: Final = 4_000
_BATCH_EDGES: Final = 20_000
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
    started = time.perf_counter()
    with connected(address) as session:
        run = _Mirror(session, project, name, progress)
        report = run.write(graph, Buckets(graph))
    return msgspec.structs.replace(report, seconds=time.perf_counter() - started)


def remove_project(address: Neo4jAddress, project: str) -> None:
    """Take everything of a project out of Neo4j, and nothing else."""
    with connected(address) as session:
        for statement in (statements.REMOVE, statements.REMOVE_MARKS):
            while session.execute_write(_removed, statement, project):
                pass
        session.execute_write(_run, statements.REMOVE_PROJECT, project=project)


def _removed(transaction: ManagedTransaction, statement: str, project: str) -> int:
    record = transaction.run(statement, project=project, most=_BATCH_EDGES).single(strict=True)  # pyright: ignore[reportArgumentType]  one of the fixed statements
    return int(record["gone"])


def _run(transaction: ManagedTransaction, statement: str, **parameters: object) -> None:
    transaction.run(statement, **parameters).consume()  # pyright: ignore[reportArgumentType]  one of the fixed statements


def _rows(transaction: ManagedTransaction, statement: str, **parameters: object) -> list[Any]:
    return list(transaction.run(statement, **parameters))  # pyright: ignore[reportArgumentType]  one of the fixed statements


class _Mirror:
    """One run in one session."""

    def __init__(self, session: Session, project: str, name: str, progress: Progress | None) -> None:
        self._session = session
        self._project = project
        self._name = name
        self._progress = progress

    def write(self, graph: GraphArrays, buckets: Buckets) -> MirrorReport:
        for statement in statements.SCHEMA:
            self._session.run(statement).consume()  # pyright: ignore[reportArgumentType]  one of the fixed statements
        known = {row["bucket"]: row["digest"] for row in self._read(statements.MARKS)}
        changed = [path for path in buckets.paths if known.get(path) != buckets.digest(path)]
        gone = sorted(known.keys() - set(buckets.paths))
        state = self._read(statements.PROJECT)
        is_whole = (
            bool(state) and state[0]["whole"] and list(state[0]["entry_points"]) == list(graph.entry_points)
        )
        nodes = edges = 0
        if changed or gone or not is_whole:
            is_fresh = not self._read(statements.ANY_NODE)
            if not is_fresh and not is_whole:
                gone = sorted({*gone, *self._left_over(buckets)})
            self._forget(changed, gone)
            nodes = self._write_nodes(buckets, changed, gone, is_fresh=is_fresh)
            edges = self._write_edges(buckets, changed, is_fresh=is_fresh)
            self._write(statements.FINISH, entry_points=list(graph.entry_points))
        return MirrorReport(
            files=len(changed),
            of_files=len(buckets.paths),
            removed=len(gone),
            nodes=nodes,
            edges=edges,
            seconds=0.0,
        )

    def _left_over(self, buckets: Buckets) -> list[str]:
        """Buckets with nodes that a run which died was about to take away: their marks went first."""
        found = {row["bucket"] for row in self._read(statements.ALL_BUCKETS)}
        return sorted(found - set(buckets.paths))

    def _forget(self, changed: Sequence[str], gone: Sequence[str]) -> None:
        self._write(statements.LOCK, name=self._name)
        for part in _parts([*changed, *gone], _BATCH_BUCKETS):
            self._write(statements.UNMARK, buckets=part)

    def _write_nodes(
        self, buckets: Buckets, changed: Sequence[str], gone: Sequence[str], *, is_fresh: bool
    ) -> int:
        if not is_fresh:
            rows = [{"bucket": path, "ids": buckets.ids(path)} for path in changed]
            rows += [{"bucket": path, "ids": []} for path in gone]
            for part in _parts(rows, _BATCH_BUCKETS // 4):
                self._write(statements.DELETE_GONE, buckets=part)
        by_kind: dict[str, list[dict[str, object]]] = {}
        for path in changed:
            for kind, row in buckets.nodes(path):
                by_kind.setdefault(kind, []).append(row)
        for kind, rows in sorted(by_kind.items()):
            for part in _parts(rows, _BATCH_NODES):
                self._write(statements.PUT_NODES[kind], rows=part)
        return sum(map(len, by_kind.values()))

    def _write_edges(self, buckets: Buckets, changed: Sequence[str], *, is_fresh: bool) -> int:
        todo = sum(buckets.edge_count(path) for path in changed)
        done = 0
        for batch in _batches(buckets, changed):
            self._session.execute_write(self._put, [buckets.bucket(path) for path in batch], is_fresh)
            done += sum(buckets.edge_count(path) for path in batch)
            if self._progress is not None:
                self._progress(done, todo)
        return done

    def _put(self, transaction: ManagedTransaction, batch: Sequence[Bucket], is_fresh: bool) -> None:
        """Replace the edges of some buckets and mark them as written: all of it or nothing."""
        project = self._project
        _run(transaction, statements.LOCK, project=project, name=self._name)
        paths = [one.path for one in batch]
        if not is_fresh or _rows(transaction, statements.ANY_MARK, project=project, buckets=paths):
            _run(transaction, statements.DELETE_EDGES, project=project, buckets=paths)
        rows: dict[str, list[object]] = {}
        for one in batch:
            for kind, found in one.edges.items():
                rows.setdefault(kind, []).extend(found)
        for kind, found in sorted(rows.items()):
            _run(transaction, statements.PUT_EDGES[kind], project=project, rows=found)
        marks = [[one.path, one.digest] for one in batch]
        _run(transaction, statements.MARK, project=project, marks=marks)

    def _write(self, statement: str, **parameters: object) -> None:
        self._session.execute_write(_run, statement, project=self._project, **parameters)

    def _read(self, statement: str) -> list[Any]:
        return self._session.execute_read(_rows, statement, project=self._project)


def _parts(rows: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])


def _batches(buckets: Buckets, paths: Sequence[str]) -> Iterator[list[str]]:
    """Paths in batches of about the same number of edges; a bucket is never divided."""
    batch: list[str] = []
    edges = 0
    for path in paths:
        batch.append(path)
        edges += buckets.edge_count(path)
        if edges >= _BATCH_EDGES or len(batch) >= _BATCH_BUCKETS:
            yield batch
            batch, edges = [], 0
    if batch:
        yield batch

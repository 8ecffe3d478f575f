"""Brings the dependency graph of a project up to date with its index, once or again and again over one kept open.

The index is taken as it stands: bring it up to date first (`update.IndexSession`). A graph that is damaged or of
another version is made anew, and the report says why. What an interrupted run has done stays.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self

import msgspec
from aifirst_codebase.config import ConfigError, find_folder_files
from aifirst_codebase.interruption import interruption_in
from aifirst_codebase.open_project import discovery_settings, load_settings
from aifirst_codebase.tokens import TokenizerError
from aifirst_codebase.worker_pool import WorkersEndedError

from aifirst_memory.dependencies.build_run import BuildRun, GraphState, Progress
from aifirst_memory.dependencies.derive import Derivation
from aifirst_memory.dependencies.entry_points import ENTRY_MANIFESTS, entry_points
from aifirst_memory.dependencies.project_sources import GraphSource, graph_sources, indexed_units
from aifirst_memory.dependencies.read_files import FileReading
from aifirst_memory.dependencies.sqlite.graph_writer import GraphWriter
from aifirst_memory.dependencies.sqlite.integrity import note_amounts
from aifirst_memory.dependencies.sqlite.place import (
    GraphPlace,
    as_graph,
    find_graph_place,
    open_for_writing,
    told,
)
from aifirst_memory.dependencies.sqlite.tables import ENTRY_POINTS
from aifirst_memory.dependencies.sqlite.tidy import tidy
from aifirst_memory.dependencies.store import GraphStoreError
from aifirst_memory.store import (
    StoreError,
    damaged,
    discard,
    find_place,
    is_damage,
    open_reader,
    read_meta,
    snapshot,
    transaction,
    write_lock,
    write_meta,
)

Waiting = Callable[[int], None]
_TELLING = (GraphStoreError, StoreError, ConfigError, TokenizerError, WorkersEndedError, OSError, MemoryError)
"""Errors that say what is wrong outside of the graph."""


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did; figures are files."""

    files: int
    """In the graph now."""
    read: int
    resolved: int
    """Resolved anew, also where only the answers to their questions changed."""
    removed: int
    seconds: float
    place: Path
    rebuilt: str = ""
    """Why the graph was made anew, "" where it was not."""
    notices: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the run found anything to do."""
        return bool(self.read or self.resolved or self.removed or self.rebuilt)


def update_dependencies(
    root: Path,
    *,
    overrides: Mapping[str, object] | None = None,
    isolated: bool = False,
    jobs: int = 1,
    rebuild: bool = False,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
    sparing: bool = False,
) -> BuildReport:
    """Make the dependency graph of the project at `root` current with its index; see `DependencySession`."""
    session = DependencySession(
        root,
        overrides=overrides,
        isolated=isolated,
        jobs=jobs,
        rebuild=rebuild,
        progress=progress,
        waiting=waiting,
        sparing=sparing,
    )
    with session:
        return session.update()


class DependencySession:
    """A graph kept open, so that a changed file costs only itself. Others may write between two updates.

    `jobs` 0 means as many processes as there are processors; `rebuild` forgets the graph first; `sparing` takes more
    time rather than more memory, for who works beside a person.
    """

    def __init__(
        self,
        root: Path,
        *,
        overrides: Mapping[str, object] | None = None,
        isolated: bool = False,
        jobs: int = 1,
        rebuild: bool = False,
        progress: Progress | None = None,
        waiting: Waiting | None = None,
        sparing: bool = False,
    ) -> None:
        self._root = root
        self._overrides = overrides
        self._isolated = isolated
        self._jobs = jobs
        self._rebuild = rebuild
        self._progress = progress
        self._waiting = waiting
        self._sparing = sparing
        self._open: _OpenGraph | None = None
        self._index: _OpenIndex | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def update(self, paths: Sequence[str] | None = None) -> BuildReport:
        """Bring the graph up to date with the index at and below `paths`, with all of it for None.

        Raises `NoIndexError` where there is no index, `StoreError` where it cannot be read, `GraphStoreError` where
        the graph cannot be kept, `ConfigError`, `TokenizerError` and `WorkersEndedError`.
        """
        started = time.perf_counter()
        place = find_graph_place(self._root)
        collects = gc.isenabled()
        gc.disable()  # a run makes few cycles; the collector would cost a tenth of it
        try:
            with write_lock(place, waiting=self._waiting):
                report = self._update(place, paths)
        finally:
            if collects:
                gc.enable()
        notices = (place.notice, *report.notices) if place.notice else report.notices
        return msgspec.structs.replace(report, notices=notices, seconds=time.perf_counter() - started)

    def close(self) -> None:
        """Close the graph and the index."""
        for opened in (self._open, self._index):
            if opened is not None:
                opened.connection.close()
        self._open = self._index = None

    def _update(self, place: GraphPlace, paths: Sequence[str] | None) -> BuildReport:
        reason, self._rebuild = "as asked" if self._rebuild else "", False
        for attempt in range(2):
            try:
                index = self._opened_index()
                graph = self._opened(place, reason)
                return self._run(place, graph, index, paths)
            except _TELLING:
                self.close()
                raise
            except sqlite3.Error as error:
                self.close()
                if attempt or not is_damage(error):
                    raise GraphStoreError(told(error)) from error
                reason = as_graph(damaged(error))
            except Exception as error:  # whatever a damaged blob makes of the code that reads it
                self.close()
                if attempt or interruption_in(error) is not None:
                    raise
                reason = as_graph(damaged(error))
            except BaseException:
                self.close()
                raise
        raise AssertionError("the second attempt returns or raises")

    def _run(
        self, place: GraphPlace, graph: _OpenGraph, index: _OpenIndex, paths: Sequence[str] | None
    ) -> BuildReport:
        connection = graph.connection
        if paths is not None and connection.execute("SELECT 1 FROM dep_file").fetchone() is None:
            paths = None
        with snapshot(index.connection):
            sources = graph_sources(self._root, index.connection, paths)
            reading = self._reading(sources)
            units = partial(indexed_units, index.connection)
            run = BuildRun(graph.state, reading, units, self._jobs, self._progress, sparing=self._sparing)
            files = _count(connection)
            run.take(sources, paths)
            with transaction(connection):
                derivation = Derivation(graph.state.writer, index.connection, index.identity)
                derivation.update(run.changed, run.gone, any_new=_count(connection) != files - len(run.gone))
                if paths is None or any(path.rpartition("/")[2] in ENTRY_MANIFESTS for path in paths):
                    started = "\n".join(entry_points(self._root))
                    if read_meta(connection, ENTRY_POINTS) != started:
                        write_meta(connection, ENTRY_POINTS, started)
                if run.is_large:
                    tidy(connection)
                note_amounts(connection)
        if run.is_large:
            graph.state.writer.interned.forget()
        graph.generation = read_meta(connection, "generation")
        return BuildReport(
            files=_count(connection), read=len(run.changed), resolved=run.resolved, removed=len(run.gone),
            seconds=0.0, place=place.path, rebuilt=graph.told(), notices=tuple(run.notices),
        )  # fmt: skip

    def _reading(self, sources: Mapping[str, GraphSource]) -> FileReading:
        """How files are read, under the settings as they are, with those of their folders."""
        folders = {path.rpartition("/")[0]: path for path in sources}
        nested = sorted({name for path in folders.values() for name in find_folder_files(self._root, path)})
        config = load_settings(self._root, nested, overrides=self._overrides, isolated=self._isolated)
        return FileReading(self._root, config, discovery_settings(config))

    def _opened_index(self) -> _OpenIndex:
        place = find_place(self._root)
        identity = _identity(place.path)
        if self._index is not None and self._index.identity == identity:
            return self._index
        if self._index is not None:
            self._index.connection.close()
        self._index = _OpenIndex(open_reader(place), identity)
        return self._index

    def _opened(self, place: GraphPlace, reason: str) -> _OpenGraph:
        """The open graph, opened anew where it is not the file that lies there or somebody else wrote."""
        graph = self._open
        if graph is not None and not reason and graph.identity == _identity(place.path):
            if read_meta(graph.connection, "generation") != graph.generation:
                graph.state = GraphState(GraphWriter(graph.connection))
            return graph
        if graph is not None:
            graph.connection.close()
        if reason:
            discard(place.path)
        connection, rebuilt = open_for_writing(place)
        self._open = _OpenGraph(connection, _identity(place.path), rebuilt or reason)
        return self._open


class _OpenIndex:
    """The index, open for reading."""

    def __init__(self, connection: sqlite3.Connection, identity: str) -> None:
        self.connection = connection
        self.identity = identity


class _OpenGraph:
    """A graph that is open, as it was found or left."""

    def __init__(self, connection: sqlite3.Connection, identity: str, rebuilt: str) -> None:
        self.connection = connection
        self.identity = identity
        self.state = GraphState(GraphWriter(connection))
        self.generation = read_meta(connection, "generation")
        self._rebuilt = rebuilt

    def told(self) -> str:
        """Why it was made anew; told once."""
        told, self._rebuilt = self._rebuilt, ""
        return told


def _identity(path: Path) -> str:
    """Which file lies at a path: a database that is made anew is another one."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"


def _count(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM dep_file").fetchone()[0])

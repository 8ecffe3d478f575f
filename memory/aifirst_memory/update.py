"""Brings the memory of a project up to date, once or again and again over an index that is kept open.

What differs from the files is found first (`known_files`), read (`extraction`) and written batch by batch
(`writer`): whatever ends the run, the levels agree, and the next run goes on from the last batch. An index that
is damaged or of another version is made anew, and the report says why.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec
from aifirst_codebase.config import ConfigError
from aifirst_codebase.interruption import interruption_in
from aifirst_codebase.tokens import TokenizerError
from aifirst_codebase.worker_pool import WorkersEndedError

from aifirst_memory.copy_index import copy_index
from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.history.history_status import HistoryStatus
from aifirst_memory.levels import make_levels, schemas
from aifirst_memory.opened import OpenedProject, open_project
from aifirst_memory.store import (
    StoreError,
    StorePlace,
    damaged,
    find_place,
    is_damage,
    open_database,
    read_meta,
    write_lock,
)
from aifirst_memory.text_vectors import make_missing_vectors
from aifirst_memory.update_run import Progress, UpdateRun, steers_all
from aifirst_memory.writer import IndexWriter

Waiting = Callable[[int], None]
"""Called with the id of the process that is writing, before a wait for it."""


class UpdateRequest(msgspec.Struct, frozen=True):
    """What a run is to do. `paths` are root-relative files and folders that changed; None looks at all.

    `jobs` 0 means as many processes as there are processors. `rebuild` forgets the index first.
    """

    root: Path
    paths: tuple[str, ...] | None = None
    overrides: dict[str, object] = {}
    isolated: bool = False
    jobs: int = 1
    rebuild: bool = False
    history: bool = True


class UpdateReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did; figures are files. `rebuilt` says why the index was made anew, "" where it was not."""

    files: int
    """In the index now."""
    units: int
    read: int
    """Taken in with new content; `recalled` of them without being parsed."""
    recalled: int
    removed: int
    renamed: int
    left_out: dict[str, int]
    """Looked at and in no level, by the reason's code."""
    seconds: float
    place: Path
    rebuilt: str = ""
    notices: tuple[str, ...] = ()
    history: HistoryStatus | None = None
    """None where it was not looked at."""

    @property
    def changed(self) -> bool:
        """Whether the run found anything to do."""
        return bool(self.read or self.removed or self.rebuilt)


def update_memory(
    request: UpdateRequest, progress: Progress | None = None, waiting: Waiting | None = None
) -> UpdateReport:
    """Make the memory of a project current; what was current before is not read again.

    Raises `StoreError` where the index cannot be kept, `ConfigError` for settings that cannot be used, and
    `TokenizerError`, `EmbedderError` and `WorkersEndedError`.
    """
    with IndexSession(request, progress, waiting) as session:
        return session.update(request.paths)


_TELLING = (
    StoreError, ConfigError, TokenizerError, EmbedderError, WorkersEndedError, OSError, MemoryError,
)  # fmt: skip
"""Errors that say what is wrong outside of the index."""


class IndexSession:
    """An index kept open, so that a changed file costs only itself. Others may write between two updates."""

    def __init__(
        self, request: UpdateRequest, progress: Progress | None = None, waiting: Waiting | None = None
    ) -> None:
        self._request = request
        self._progress = progress
        self._waiting = waiting
        self._rebuild = request.rebuild
        self._open: _OpenIndex | None = None
        self._project: OpenedProject | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def update(self, paths: Sequence[str] | None = None, *, history: bool = True) -> UpdateReport:
        """Bring the index up to date with the files at and below `paths`, with all for None; see `update_memory`.

        `history` False leaves out a look at what git knows.
        """
        started = time.perf_counter()
        place = find_place(self._request.root)
        collects = gc.isenabled()
        gc.disable()  # a run makes few cycles; the collector would cost a tenth of it
        try:
            with write_lock(place, waiting=self._waiting):
                report = self._update(place, paths, history)
        finally:
            if collects:
                gc.enable()
        notices = (place.notice, *report.notices) if place.notice else report.notices
        return msgspec.structs.replace(report, notices=notices, seconds=time.perf_counter() - started)

    def close(self) -> None:
        """Close the database."""
        if self._open is not None:
            self._open.connection.close()
            self._open = None

    def _update(self, place: StorePlace, paths: Sequence[str] | None, history: bool) -> UpdateReport:
        reason, self._rebuild = "as asked" if self._rebuild else "", False
        for attempt in range(2):
            try:
                index = self._opened(place, reason)
                return self._run(index, paths, history)
            except _TELLING:
                self.close()
                raise
            except sqlite3.Error as error:
                self.close()
                if attempt or not is_damage(error):
                    raise StoreError(_told(error)) from error
                reason = damaged(error)
            except Exception as error:  # whatever a damaged blob makes of the code that reads it
                self.close()
                if attempt or interruption_in(error) is not None:
                    raise
                reason = damaged(error)
            except BaseException:
                self.close()
                raise
        raise AssertionError("the second attempt returns or raises")

    def _run(self, index: _OpenIndex, paths: Sequence[str] | None, history: bool) -> UpdateReport:
        writer, request = index.writer, self._request
        if paths is not None and (writer.initial or not writer.finished or any(map(steers_all, paths))):
            paths = None
        writer.looked_at_ns = time.time_ns()
        if paths is None or self._project is None:
            self._project = open_project(
                request.root, paths=paths, overrides=request.overrides, isolated=request.isolated
            )
        else:
            self._project.look_again(paths)
        run = UpdateRun(self._project, writer, request.jobs, self._progress)
        differences = run.compare(paths)
        if paths is not None and run.steers_more(differences):
            return self._run(index, None, history)
        status = run.take(differences, history=history, wants_history=request.history)
        run.notices += make_missing_vectors(index.connection, self._project, self._progress)
        index.generation = read_meta(index.connection, "generation")
        files, units = index.connection.execute(
            "SELECT count(*), coalesce(sum(units), 0) FROM file"
        ).fetchone()
        return UpdateReport(
            files=files, units=units, read=run.read, recalled=run.recalled, removed=run.removed,
            renamed=run.renamed, left_out=writer.left_out(), seconds=0.0, place=index.path, rebuilt=index.told(),
            notices=tuple(run.notices), history=status,
        )  # fmt: skip

    def _opened(self, place: StorePlace, reason: str) -> _OpenIndex:
        """The open index, opened anew where it is not the file that lies there or somebody else wrote."""
        index = self._open
        if index is not None and not reason and index.identity == _identity(place.path):
            if read_meta(index.connection, "generation") != index.generation:
                index.writer = IndexWriter(index.connection, make_levels())
                self._project = None
            return index
        self.close()
        if reason:
            from aifirst_memory.store import discard

            discard(place.path)
        connection, rebuilt, is_new = open_database(place.path, schemas())
        if is_new and not reason and not rebuilt:
            with suppress(sqlite3.Error, StoreError, OSError):
                connection = copy_index(self._request.root, place.path, connection, schemas())
        writer = IndexWriter(connection, make_levels())
        self._open = _OpenIndex(place.path, connection, writer, _identity(place.path), rebuilt or reason)
        return self._open


class _OpenIndex:
    """A database that is open, as it was found or left."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        writer: IndexWriter,
        identity: tuple[int, int],
        rebuilt: str,
    ) -> None:
        self.path = path
        self.connection = connection
        self.writer = writer
        self.identity = identity
        self.generation = read_meta(connection, "generation")
        self._rebuilt = rebuilt

    def told(self) -> str:
        """Why it was made anew; told once."""
        told, self._rebuilt = self._rebuilt, ""
        return told


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _told(error: sqlite3.Error) -> str:
    text = str(error)
    if "full" in text or "I/O" in text:
        return (
            f"the index cannot be written ({text}): free some space and run it again; it is as it was after the"
            " last batch"
        )
    return f"the index cannot be written ({text}): see that .aifirst can be written, or delete it"

"""Brings the memory of a project up to date: finds what changed, reads that and nothing else.

The writer works through files in batches, each a transaction over all levels: whatever ends the run, the
levels agree, and the next run goes on from the last batch. A run that finds nothing changed opens no file.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from aifirst_codebase.discovery import FoundFile

from aifirst_memory.extraction import Extracted, Extraction, Wanted, decode_record, extract
from aifirst_memory.history.history_status import HistoryStatus
from aifirst_memory.history.settings import HistorySettings
from aifirst_memory.history.update import update_history
from aifirst_memory.level import StoredFile
from aifirst_memory.levels import make_levels, schemas
from aifirst_memory.opened import OpenedProject, open_project
from aifirst_memory.store import StoreError, find_place, is_damage, open_writer
from aifirst_memory.writer import IndexWriter, NewContent

Progress = Callable[[int, int], None]
"""Called with the number of files done and the number to do."""

_BATCH_FILES = 256
_BATCH_SECONDS = 1.5


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


class UpdateReport(msgspec.Struct, frozen=True):
    """What a run did. `rebuilt` says why the index was made anew, "" where it was not; figures are files."""

    files: int
    read: int
    removed: int
    renamed: int
    seconds: float
    place: Path
    rebuilt: str = ""
    notices: tuple[str, ...] = ()
    history: HistoryStatus | None = None

    @property
    def changed(self) -> bool:
        """Whether the run found anything to do."""
        return bool(self.read or self.removed or self.rebuilt)


def update_memory(
    request: UpdateRequest, progress: Progress | None = None, waiting: Callable[[int], None] | None = None
) -> UpdateReport:
    """Make the memory of a project current; what was current before is not read again.

    `waiting` is told the id of another process that is writing, before this one waits for it. Raises
    `StoreError` where the index cannot be kept, `ConfigError` for settings that cannot be used.
    """
    started = time.perf_counter()
    place = find_place(request.root)
    reason = "as asked" if request.rebuild else ""
    for attempt in range(2):
        try:
            with open_writer(place, schemas(), waiting=waiting, rebuild=reason) as (connection, rebuilt):
                run = UpdateRun(request, connection, progress)
                report = run.update(started, place.path, rebuilt)
        except (sqlite3.DatabaseError, zlib.error, msgspec.DecodeError) as error:
            if attempt or (isinstance(error, sqlite3.Error) and not is_damage(error)):
                raise StoreError(_told(error)) from error
            reason = f"the index was damaged ({error})"
            continue
        notices = (place.notice, *report.notices) if place.notice else report.notices
        return msgspec.structs.replace(report, notices=notices)
    raise AssertionError("the second attempt returns or raises")


class UpdateRun:
    """One run over an open database."""

    def __init__(
        self, request: UpdateRequest, connection: sqlite3.Connection, progress: Progress | None = None
    ) -> None:
        self._request = request
        self._progress = progress
        self._writer = IndexWriter(connection, make_levels())
        self._project = open_project(
            request.root, paths=request.paths, overrides=request.overrides, isolated=request.isolated
        )
        self._notices: list[str] = []
        self._read = self._removed = self._renamed = 0

    def update(self, started: float, place: Path, rebuilt: str) -> UpdateReport:
        """Do all of it."""
        writer, project = self._writer, self._project
        known = writer.known(self._request.paths)
        left_out = writer.left_out()
        wanted: list[Wanted] = []
        for found in project.found.files:
            has = known.get(found.path)
            stat = (found.size, found.mtime_ns, found.ctime_ns, found.inode)
            variant = project.variant(found.path)
            if has is None:
                if left_out.get(found.path) != (*stat, variant):
                    wanted.append(Wanted(found))
            elif has.variant != variant:
                wanted.append(Wanted(found))
            elif has.stat != stat:
                wanted.append(Wanted(found, has.stored.digest))
        present = {found.path for found in project.found.files}
        gone = [has.stored for path, has in known.items() if path not in present]
        if wanted or gone or not writer.finished:
            writer.begin(len(wanted))
            self._take(wanted, gone, {path: has.stored for path, has in known.items()})
            writer.finish()
        history = self._update_history()
        for skipped in project.found.skipped:
            self._notices.append(f"{skipped.path}: {skipped.reason.message}")
        return UpdateReport(
            writer.count(), self._read, self._removed, self._renamed, time.perf_counter() - started, place, rebuilt,
            tuple(self._notices), history,
        )  # fmt: skip

    def _take(self, wanted: Sequence[Wanted], gone: Sequence[StoredFile], known: dict[str, StoredFile]) -> None:
        """Extract the wanted files and write them batch by batch; what is gone and was not renamed goes last."""
        project = self._project
        lost: dict[str, list[StoredFile]] = defaultdict(list)
        for stored in reversed(gone):
            lost[stored.digest].append(stored)
        batch = _Batch()
        done = 0
        extraction = Extraction(self._request.root, project.config, project.discovery, project.embedder)
        results = extract(extraction, wanted, self._request.jobs)
        try:
            for result in results:
                self._place(result, known, lost, batch)
                done += 1
                if batch.full:
                    self._write(batch)
                    batch = _Batch()
                if self._progress is not None:
                    self._progress(done, len(wanted))
        finally:
            results.close()
            self._write(batch)  # an interrupted run keeps what was extracted
        rest = sorted((stored for several in lost.values() for stored in several), key=lambda s: s.path)
        self._removed += len(rest)
        self._writer.apply([], rest)

    def _place(
        self, result: Extracted, known: dict[str, StoredFile], lost: dict[str, list[StoredFile]], batch: _Batch
    ) -> None:
        path = result.found.path
        before = known.get(path)
        if result.unchanged:
            batch.touched.append(result.found)
            return
        if result.problem is not None:
            batch.left_out.append((result.found, self._project.variant(path), result.problem.message))
            if result.problem.code != "language":
                self._notices.append(f"{path}: {result.problem.message}")
            if before is not None:
                batch.gone.append(before)
                self._removed += 1
            return
        record = decode_record(result.record)
        self._read += 1
        if before is None and lost.get(record.digest):
            before = lost[record.digest].pop()
            self._renamed += 1
        batch.added.append(NewContent(result.found, record, self._project.variant(path), before))

    def _write(self, batch: _Batch) -> None:
        self._writer.apply(batch.added, batch.gone, batch.touched, batch.left_out)

    def _update_history(self) -> HistoryStatus | None:
        settings = self._project.config.settings.memory
        enabled = settings.history and self._request.history
        wanted = HistorySettings(enabled=enabled, max_commits=settings.commits)
        return update_history(self._writer.connection, self._request.root, wanted)


class _Batch:
    """What the next transaction will write."""

    def __init__(self) -> None:
        self.added: list[NewContent] = []
        self.gone: list[StoredFile] = []
        self.touched: list[FoundFile] = []
        self.left_out: list[tuple[FoundFile, str, str]] = []
        self._since = time.monotonic()

    @property
    def full(self) -> bool:
        return len(self.added) >= _BATCH_FILES or time.monotonic() - self._since > _BATCH_SECONDS


def _told(error: Exception) -> str:
    text = str(error)
    if "full" in text:
        return "the disk is full: free some space and run it again; the index is as it was after the last batch"
    return f"the index cannot be written ({text}): see that {'.aifirst'} can be written, or delete it"

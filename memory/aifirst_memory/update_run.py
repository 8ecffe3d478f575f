"""One run: compares the files with the index, reads what differs and nothing else, and writes it.

A file whose times changed is taken for unchanged where its content is the same; a file that is gone and came back
under another name, for renamed; a content that was seen before comes from the shelf.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import Final

from aifirst_codebase.discovery import FoundFile, Skipped, read_source
from aifirst_codebase.worker_pool import Beside, WorkersEndedError, processors

from aifirst_memory import shelf
from aifirst_memory.extraction import Extracted, Extraction, Progress, decode_record, extract, pays_in_workers
from aifirst_memory.history.history_status import HistoryStatus
from aifirst_memory.history.known_history import HistoryReading, known_history, read_beside
from aifirst_memory.history.settings import HistorySettings
from aifirst_memory.known_files import Differences, KnownFile, compare_files
from aifirst_memory.level import StoredFile
from aifirst_memory.opened import OpenedProject
from aifirst_memory.shadow.level import kept_paths
from aifirst_memory.store import transaction
from aifirst_memory.writer import Batch, IndexWriter, LeftOut, NewContent

STEERING: Final = frozenset({".gitignore", ".aifirstignore", "aifirst.toml", "pyproject.toml"})
"""Files that say which other files are looked at, and how."""
_BATCH_FILES = 512
_BATCH_UNITS = 3000
"""Some 6 MB of memory until they are written."""
_BATCH_SECONDS = 2.0
_BYTES_LEFT = 1_200_000
"""What each worker has still to read, some 0.4 s, when reading the history begins."""
_BYTES_OF_FILE = 2000
"""What a file costs besides its bytes."""


def steers_all(path: str) -> bool:
    """Whether a change of the file at `path` may concern any other file."""
    return path.rpartition("/")[2] in STEERING


class _InThread:
    """A reading of the history in a thread of this process: mostly it is git's work."""

    def __init__(self, pool: ThreadPoolExecutor, read: Callable[[], HistoryReading]) -> None:
        self._pool = pool
        self._read = read
        self._future: Future[HistoryReading] | None = None

    def begin(self) -> None:
        """Start it, unless it was started before."""
        self._begun()

    def result(self) -> HistoryReading:
        """What it gives, begun or not."""
        return self._begun().result()

    def _begun(self) -> Future[HistoryReading]:
        if self._future is None:
            self._future = self._pool.submit(self._read)
        return self._future


class UpdateRun:
    """One run over an open project and an open index. The figures say what it did."""

    def __init__(
        self, project: OpenedProject, writer: IndexWriter, jobs: int, progress: Progress | None = None
    ) -> None:
        self._project = project
        self._writer = writer
        self._jobs = jobs
        self._progress = progress
        self.notices = [str(warning) for warning in project.config.warnings]
        self._has_begun = False
        self._history: Beside[HistoryReading] | None = None
        """Waits to begin."""
        self.read = self.recalled = self.removed = self.renamed = 0

    def compare(self, paths: Sequence[str] | None) -> Differences:
        """What the index does not have as it is."""
        project = self._project
        return compare_files(self._writer.connection, project.found.files, project.variant, paths)

    def steers_more(self, differences: Differences) -> bool:
        """Whether among a part of the files there is a change that concerns others too."""
        found = [*differences.new, *(file for file, _ in differences.touched)]
        changed = [*(file.path for file in found), *(file.stored.path for file in differences.gone)]
        return any(map(steers_all, changed))

    def take(self, differences: Differences, *, history: bool, wants_history: bool) -> HistoryStatus | None:
        """Bring the index up to date; `history` whether to look at what git knows, which may be unwanted."""
        self.notices += [
            f"{skipped.path}: {skipped.reason.message}" for skipped in self._project.found.skipped
        ]
        batch = Batch(forgotten=list(differences.left_out_gone))
        lost: dict[str, list[StoredFile]] = defaultdict(list)
        for file in reversed(differences.gone):
            lost[file.stored.digest].append(file.stored)
        wanted = self._recall(differences, lost, batch)
        if not history:
            self._take_files(differences, wanted, lost, batch)
            return None
        with self._reading_history(wants_history, wanted) as reading:
            self._take_files(differences, wanted, lost, batch)
            found = reading.result()
            if found.state is None:
                return found.status
            from aifirst_memory.history.update import store_history

            with transaction(self._writer.connection):
                return store_history(self._writer.connection, found)

    @contextmanager
    def _reading_history(
        self, wished: bool, wanted: Sequence[FoundFile]
    ) -> Generator[Beside[HistoryReading] | _InThread]:
        """The history, read beside the workers when they are nearly done and the graph is next: it needs its memory when
        they have given back theirs. Without workers it is read in a thread, beside few files, and after many: there both
        would need their memory at once, and an interrupted run would have read it for nothing.
        """
        settings = self._project.config.settings.memory
        asked = HistorySettings(enabled=settings.history and wished, max_commits=settings.commits)
        known = known_history(self._writer.connection)
        if pays_in_workers(wanted, self._jobs):
            with Beside(partial(read_beside, self._project.root, asked, known)) as beside:
                self._history = beside
                yield beside
            return
        from aifirst_memory.history.update import read_history

        cancelled = Event()
        read = partial(read_history, self._project.root, asked, known, cancelled.is_set)
        with ThreadPoolExecutor(1) as pool:
            reading = _InThread(pool, read)
            goes_on = not (self._writer.initial or self._writer.finished)
            if _cost(wanted) <= _BYTES_LEFT and not goes_on:
                reading.begin()
            try:
                yield reading
            except BaseException:
                cancelled.set()
                raise

    def _take_files(
        self,
        differences: Differences,
        wanted: Sequence[FoundFile],
        lost: dict[str, list[StoredFile]],
        batch: Batch,
    ) -> None:
        """Write what could be had without parsing, then what is extracted, batch by batch."""
        before = {
            found.path: file.stored for found, file in (*differences.touched, *differences.other_variant)
        }
        if len(wanted) > _BATCH_FILES or self._writer.initial:
            self._begin(wanted)
        batch = self._extract(wanted, before, lost, batch)
        rest = sorted((file for files in lost.values() for file in files), key=lambda file: file.path)
        self.removed += len(rest)
        batch.gone += rest
        if batch or not self._writer.finished:
            self._writer.write(batch, last=True)

    def _recall(
        self, differences: Differences, lost: dict[str, list[StoredFile]], batch: Batch
    ) -> list[FoundFile]:
        """Put into the batch what has the content that the index or the shelf knows; the rest is to be extracted."""
        with_before: list[tuple[FoundFile, KnownFile | None]] = [
            *differences.touched,
            *differences.other_variant,
            *((found, None) for found in differences.new),
        ]
        touched = {found.path for found, _ in differences.touched}
        has_shelf = not shelf.is_empty(self._writer.connection)
        wanted: list[FoundFile] = []
        for found, before in with_before:
            if not has_shelf and found.path not in touched:
                wanted.append(found)
                continue
            source = read_source(self._project.root, found, self._project.discovery)
            if isinstance(source, Skipped):
                wanted.append(found)
                continue
            if before is not None and found.path in touched and source.digest == before.stored.digest:
                batch.touched.append(found)
                continue
            key = (found.path, source.digest, self._project.variant(found.path))
            encoded = shelf.take(self._writer.connection, key) if has_shelf else None
            if encoded is None:
                wanted.append(found)
                continue
            self.recalled += 1
            self._add(found, encoded, before.stored if before else None, lost, batch)
        return wanted

    def _extract(
        self,
        wanted: Sequence[FoundFile],
        before: dict[str, StoredFile],
        lost: dict[str, list[StoredFile]],
        batch: Batch,
    ) -> Batch:
        """Extract the files, writing what is full; the batch that is left. An interrupted run keeps what it has."""
        project = self._project
        shadow = kept_paths(self._writer.connection, wanted)
        extraction = Extraction(project.root, project.config, project.discovery, project.embedder, shadow)
        if pays_in_workers(wanted, self._jobs):
            Thread(target=_import_writing, daemon=True).start()
        results = extract(extraction, wanted, self._jobs)
        is_writing = False
        left = _cost(wanted) - _BYTES_LEFT * (self._jobs or processors())
        try:
            if left <= 0:
                self._begin_history()
            for done, result in enumerate(results, 1):
                left -= _cost([result.found])
                if left <= 0:
                    self._begin_history()
                self._place(result, before.get(result.found.path), lost, batch)
                if self._is_full(batch):
                    is_writing = True
                    self._begin(wanted)
                    self._writer.write(batch)
                    batch, is_writing = Batch(), False
                if self._progress is not None:
                    self._progress(done, len(wanted))
        except (KeyboardInterrupt, SystemExit, WorkersEndedError):
            results.close()
            if not is_writing:
                self._begin(wanted)
                self._writer.write(batch)
            raise
        finally:
            results.close()
        return batch

    def _is_full(self, batch: Batch) -> bool:
        """Whether a batch is to be written before more is added to it."""
        files, seconds = len(batch.added), monotonic() - batch.since
        return (
            files >= _BATCH_FILES or batch.units >= _BATCH_UNITS or (files > 0 and seconds > _BATCH_SECONDS)
        )

    def _begin_history(self) -> None:
        """Have the history read from now on, where it is wanted."""
        if self._history is not None:
            self._history.begin()
            self._history = None

    def _begin(self, wanted: Sequence[FoundFile]) -> None:
        """Note, once, that this run takes several transactions."""
        if not self._has_begun:
            self._writer.begin(len(wanted))
            self._has_begun = True

    def _place(
        self, result: Extracted, before: StoredFile | None, lost: dict[str, list[StoredFile]], batch: Batch
    ) -> None:
        if result.problem is None:
            self._add(result.found, result.record, before, lost, batch)
            return
        path, problem = result.found.path, result.problem
        batch.left_out.append(
            LeftOut(result.found, self._project.variant(path), problem.code, problem.message)
        )
        if problem.code != "language":
            self.notices.append(problem.message if path in problem.message else f"{path}: {problem.message}")
        if before is not None:
            batch.gone.append(before)
            self.removed += 1

    def _add(
        self,
        found: FoundFile,
        encoded: bytes,
        before: StoredFile | None,
        lost: dict[str, list[StoredFile]],
        batch: Batch,
    ) -> None:
        record = decode_record(encoded)
        self.read += 1
        if before is None and lost.get(record.digest):
            before = lost[record.digest].pop()
            self.renamed += 1
        kept = b"" if self._writer.initial else encoded
        batch.add(NewContent(found, record, kept, self._project.variant(found.path), before))


def _cost(files: Sequence[FoundFile]) -> int:
    """What reading the files takes, in bytes of a large one."""
    return sum(file.size + _BYTES_OF_FILE for file in files)


def _import_writing() -> None:
    """Import what writing the levels needs, which would else be waited for later: the first workers are only starting."""
    from aifirst_memory.lexical import merge as merge  # what is imported is wanted, not the names
    from aifirst_memory.lexical import stored as stored
    from aifirst_memory.vectors import segment as segment

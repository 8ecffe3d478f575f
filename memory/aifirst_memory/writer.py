"""The one writer of an index: gives out ids, keeps the table `file`, and has every level follow.

Each batch is one transaction over all levels. Ids only grow while an index lives, so that what a reader or a
level remembers of an id that is gone can never be mistaken for a new one.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from aifirst_codebase.discovery import FoundFile

from aifirst_memory import shelf
from aifirst_memory.known_files import Stat, stat_of
from aifirst_memory.level import AddedFile, Change, Level, StoredFile
from aifirst_memory.record import FileRecord
from aifirst_memory.store import read_meta, transaction, write_meta
from aifirst_memory.tree.packed_units import pack_units

_RACY_NS = 100_000_000
"""A file changed this shortly before it was looked at may change again without its time telling."""
_MANY_FREE_PAGES = 256

SCHEMA = f"""
    CREATE TABLE IF NOT EXISTS left_out (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, variant TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
    {shelf.SCHEMA}
"""
"""Files that were looked at and are in no level: in no language, not readable; so that they are not looked at
again before they change. And the shelf."""


class NewContent(msgspec.Struct, frozen=True, gc=False):
    """A file to take in: its record, as it was encoded too, and the file that it replaces or was before a rename."""

    found: FoundFile
    record: FileRecord
    encoded: bytes
    variant: str
    before: StoredFile | None = None


class LeftOut(msgspec.Struct, frozen=True, gc=False):
    """A file that no level takes in, and why."""

    found: FoundFile
    variant: str
    code: str
    reason: str


@dataclass
class Batch:
    """What one transaction is to write."""

    added: list[NewContent] = field(default_factory=list[NewContent])
    gone: list[StoredFile] = field(default_factory=list[StoredFile])
    touched: list[FoundFile] = field(default_factory=list[FoundFile])
    """Files with the content that they had, under new times."""
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    forgotten: list[str] = field(default_factory=list[str])
    """Paths that were left out and are not there any more."""
    since: float = field(default_factory=time.monotonic)
    units: int = 0
    """How many units there are in what is added."""

    def add(self, content: NewContent) -> None:
        """Add a file to take in."""
        self.added.append(content)
        self.units += len(content.record.units)

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.touched or self.left_out or self.forgotten)


class IndexWriter:
    """Writes to an open database, under the `store.write_lock`, for as long as nobody else wrote in between."""

    def __init__(self, connection: sqlite3.Connection, levels: Sequence[Level]) -> None:
        self.connection = connection
        self.levels = levels
        self._next_file = int(read_meta(connection, "next_file") or 1)
        self._next_unit = int(read_meta(connection, "next_unit") or 1)
        self._runs = int(read_meta(connection, "runs") or 0)
        self._source_bytes = -1
        self.initial = self._next_file == 1
        self.looked_at_ns = time.time_ns()
        """When the files were looked at; set it before each look."""

    def count(self) -> int:
        """How many files the index has."""
        return int(self.connection.execute("SELECT count(*) FROM file").fetchone()[0])

    @property
    def finished(self) -> bool:
        """Whether the last run came to its end."""
        return read_meta(self.connection, "run").startswith("finished")

    def left_out(self) -> dict[str, int]:
        """How many files were looked at and are in no level, by the code of the reason."""
        rows = self.connection.execute("SELECT code, count(*) FROM left_out GROUP BY code ORDER BY code")
        return dict(rows.fetchall())

    def begin(self, todo: int) -> None:
        """Note that a run has begun that will look at `todo` files and take several transactions."""
        with transaction(self.connection):
            self._note("running", todo)

    def write(self, batch: Batch, *, last: bool = False) -> None:
        """Bring every level up to date with the batch; after the `last` one let them merge what piled up.

        One transaction: a reader of any level sees all of it or none.
        """
        if not batch and not last:
            return
        change, next_file, next_unit = self._place(batch)
        with transaction(self.connection):
            if batch:
                self._write_files(change, batch)
                self._write_left_out(change, batch)
            if change.removed or change.added:
                for level in self.levels:
                    level.apply(self.connection, change)
                write_meta(self.connection, "next_file", str(next_file))
                write_meta(self.connection, "next_unit", str(next_unit))
                self._fill_shelf(batch)
            if last:
                for level in self.levels:
                    level.finish(self.connection)
                self._note("finished", 0)
        self._next_file, self._next_unit = next_file, next_unit
        if last:
            if self.initial:
                self._close_gaps()
            else:
                self._give_pages_back()
            self.initial = False

    def _place(self, batch: Batch) -> tuple[Change, int, int]:
        """The change that a batch is, and the next ids after it."""
        next_file, next_unit = self._next_file, self._next_unit
        placed: list[AddedFile] = []
        for one in batch.added:
            if one.before is None:
                file_id, next_file = next_file, next_file + 1
            else:
                file_id = one.before.file_id
            record = one.record
            units = len(record.units)
            stored = StoredFile(file_id, one.found.path, record.language, record.digest, next_unit, units)
            next_unit += units
            placed.append(AddedFile(stored, record))
        removed = [*batch.gone, *(one.before for one in batch.added if one.before is not None)]
        return Change(removed, placed, self.initial), next_file, next_unit

    def _note(self, state: str, todo: int) -> None:
        write_meta(self.connection, "run", f"{state} {os.getpid()} {todo} {int(time.time())}")

    def _fill_shelf(self, batch: Batch) -> None:
        if self.initial or not batch.added:
            return
        if self._source_bytes < 0:
            row = self.connection.execute("SELECT coalesce(sum(size), 0) FROM file").fetchone()
            self._source_bytes = int(row[0])
        self._runs += 1
        write_meta(self.connection, "runs", str(self._runs))
        records = [((one.found.path, one.record.digest, one.variant), one.encoded) for one in batch.added]
        shelf.put(self.connection, records, self._runs, self._source_bytes)

    def _close_gaps(self) -> None:
        """Fill the pages of a first build: rows that came one after the other leave an eighth of them empty."""
        with suppress(sqlite3.OperationalError):  # no room for the copy: it is an index all the same
            self.connection.execute("VACUUM")

    def _give_pages_back(self) -> None:
        if self.connection.execute("PRAGMA freelist_count").fetchone()[0] > _MANY_FREE_PAGES:
            self.connection.executescript("PRAGMA incremental_vacuum;")  # `execute` takes one step of it only

    def _write_left_out(self, change: Change, batch: Batch) -> None:
        paths = [(file.path,) for file in change.removed] + [(file.stored.path,) for file in change.added]
        paths += [(path,) for path in batch.forgotten]
        self.connection.executemany("DELETE FROM left_out WHERE path = ?", paths)
        rows = [
            (one.found.path, *self._stat(one.found), one.variant, one.code, one.reason)
            for one in batch.left_out
        ]
        self.connection.executemany("INSERT OR REPLACE INTO left_out VALUES (?,?,?,?,?,?,?,?)", rows)

    def _write_files(self, change: Change, batch: Batch) -> None:
        run = self.connection.executemany
        run("DELETE FROM file WHERE file_id = ?", [(file.file_id,) for file in change.removed])
        rows = [
            (
                file.stored.file_id, file.stored.path, file.record.language, bytes.fromhex(file.record.digest),
                *self._stat(one.found), file.record.lines, file.record.tokens, file.record.glue_tokens,
                file.record.generated, file.record.broken, one.variant, file.stored.first_unit,
                file.stored.units, pack_units(file.record.units),
            )
            for file, one in zip(change.added, batch.added, strict=True)
        ]  # fmt: skip
        run("INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
        stats = [(*self._stat(found), found.path) for found in batch.touched]
        run("UPDATE file SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ? WHERE path = ?", stats)

    def _stat(self, found: FoundFile) -> Stat:
        size, mtime, ctime, inode = stat_of(found)
        is_settled = max(mtime, ctime) + _RACY_NS < self.looked_at_ns
        return size, mtime if is_settled else -1, ctime, inode

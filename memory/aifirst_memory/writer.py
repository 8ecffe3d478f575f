"""The one writer of an index: gives out ids, keeps the table `file`, and has every level follow.

Each batch is one transaction over all levels. Ids only grow while an index lives, so that what a reader or a
level remembers of an id that is gone can never be mistaken for a new one.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence

import msgspec
from aifirst_codebase.discovery import FoundFile

from aifirst_memory.level import AddedFile, Change, Level, StoredFile
from aifirst_memory.record import FileRecord
from aifirst_memory.store import read_meta, transaction, write_meta
from aifirst_memory.tree.level import pack_units

_RACY_NS = 100_000_000
"""A file changed this shortly before it was read may change again without its time telling."""


_MANY_FREE_PAGES = 256

SCHEMA = """
    CREATE TABLE IF NOT EXISTS left_out (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL, variant TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
"""
"""Files that were looked at and are in no level: in no language, not readable; so that they are not looked at
again before they change."""


class Known(msgspec.Struct, frozen=True, gc=False):
    """A file as the index has it, with what tells a changed file from an unchanged one."""

    stored: StoredFile
    stat: tuple[int, int, int, int]
    variant: str


class NewContent(msgspec.Struct, frozen=True, gc=False):
    """A file to take in: its record, and the file that it replaces or was before a rename."""

    found: FoundFile
    record: FileRecord
    variant: str
    before: StoredFile | None = None


class IndexWriter:
    """Writes to an open database; one at a time, see `store.open_writer`."""

    def __init__(self, connection: sqlite3.Connection, levels: Sequence[Level]) -> None:
        self.connection = connection
        self.levels = levels
        self._next_file = int(read_meta(connection, "next_file") or 1)
        self._next_unit = int(read_meta(connection, "next_unit") or 1)
        self.initial = self._next_file == 1

    def known(self, paths: Sequence[str] | None = None) -> dict[str, Known]:
        """What the index has, by path: of all files, or of those at and below `paths`."""
        query = (
            "SELECT file_id, path, language, lower(hex(digest)), first_unit, units, size, mtime_ns, ctime_ns, inode,"
            " variant FROM file"
        )
        if paths is None:
            rows = self.connection.execute(query)
            return {row[1]: _known(row) for row in rows}
        found: dict[str, Known] = {}
        for path in paths:
            below = (path, f"{path}/", f"{path}0")  # "0" is the character after "/"
            for row in self.connection.execute(f"{query} WHERE path = ? OR (path >= ? AND path < ?)", below):
                found[row[1]] = _known(row)
        return found

    def left_out(self) -> dict[str, tuple[int, int, int, int, str]]:
        """The files that were looked at and not taken in, with size, times, inode and variant, by path."""
        rows = self.connection.execute("SELECT path, size, mtime_ns, ctime_ns, inode, variant FROM left_out")
        return {row[0]: row[1:] for row in rows}

    def count(self) -> int:
        """How many files the index has."""
        return int(self.connection.execute("SELECT count(*) FROM file").fetchone()[0])

    @property
    def finished(self) -> bool:
        """Whether the last run came to its end."""
        return read_meta(self.connection, "run").startswith("finished")

    def apply(
        self,
        added: Sequence[NewContent],
        gone: Sequence[StoredFile] = (),
        touched: Sequence[FoundFile] = (),
        left_out: Sequence[tuple[FoundFile, str, str]] = (),
    ) -> None:
        """Take in new contents, forget files, note new times and what is left out (file, variant, reason).

        One transaction: a reader of any level sees all of it or none.
        """
        if not (added or gone or touched or left_out):
            return
        next_file, next_unit = self._next_file, self._next_unit
        placed: list[AddedFile] = []
        for one in added:
            if one.before is None:
                file_id, next_file = next_file, next_file + 1
            else:
                file_id = one.before.file_id
            count = len(one.record.units)
            stored = StoredFile(
                file_id, one.found.path, one.record.language, one.record.digest, next_unit, count
            )
            next_unit += count
            placed.append(AddedFile(stored, one.record))
        removed = [*gone, *(one.before for one in added if one.before is not None)]
        change = Change(removed, placed, self.initial)
        with transaction(self.connection):
            self._write_files(change, added, touched)
            self._write_left_out(change, left_out)
            for level in self.levels:
                level.apply(self.connection, change)
            write_meta(self.connection, "next_file", str(next_file))
            write_meta(self.connection, "next_unit", str(next_unit))
        self._next_file, self._next_unit = next_file, next_unit

    def begin(self, todo: int) -> None:
        """Note that a run has begun that will look at `todo` files."""
        with transaction(self.connection):
            write_meta(self.connection, "run", f"running {os.getpid()} {todo} {int(time.time())}")

    def finish(self) -> None:
        """Let every level merge what piled up, note that the run is over, and give freed pages back."""
        with transaction(self.connection):
            for level in self.levels:
                level.finish(self.connection)
            write_meta(self.connection, "run", f"finished {os.getpid()} 0 {int(time.time())}")
        if self.connection.execute("PRAGMA freelist_count").fetchone()[0] > _MANY_FREE_PAGES:
            self.connection.execute("PRAGMA incremental_vacuum").fetchall()
        self.initial = False

    def _write_left_out(self, change: Change, left_out: Sequence[tuple[FoundFile, str, str]]) -> None:
        paths = [(file.path,) for file in change.removed] + [(file.stored.path,) for file in change.added]
        self.connection.executemany("DELETE FROM left_out WHERE path = ?", paths)
        now = time.time_ns()
        rows = [(found.path, *_stat(found, now), variant, reason) for found, variant, reason in left_out]
        self.connection.executemany("INSERT OR REPLACE INTO left_out VALUES (?,?,?,?,?,?,?)", rows)

    def _write_files(self, change: Change, added: Sequence[NewContent], touched: Sequence[FoundFile]) -> None:
        now = time.time_ns()
        run = self.connection.executemany
        run("DELETE FROM file WHERE file_id = ?", [(file.file_id,) for file in change.removed])
        rows = [
            (
                file.stored.file_id, file.stored.path, file.record.language, bytes.fromhex(file.record.digest),
                *_stat(one.found, now), file.record.lines, file.record.tokens, file.record.glue_tokens,
                file.record.generated, file.record.broken, one.variant, file.stored.first_unit, file.stored.units,
                pack_units(file.record),
            )
            for file, one in zip(change.added, added, strict=True)
        ]  # fmt: skip
        run("INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
        stats = [(*_stat(found, now), found.path) for found in touched]
        run("UPDATE file SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ? WHERE path = ?", stats)


def _stat(found: FoundFile, now: int) -> tuple[int, int, int, int]:
    settled = max(found.mtime_ns, found.ctime_ns) + _RACY_NS < now
    return found.size, found.mtime_ns if settled else -1, found.ctime_ns, found.inode


def _known(row: tuple[int, str, str, str, int, int, int, int, int, int, str]) -> Known:
    return Known(StoredFile(*row[:6]), (row[6], row[7], row[8], row[9]), row[10])

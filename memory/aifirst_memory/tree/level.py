"""Level 1 in the database: the table `file`, which every other level refers to.

The units of a file are packed into its row: they are wanted file by file, and fifty thousand rows of their
own would be the largest part of the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from aifirst_memory.level import Change, StoredFile
from aifirst_memory.record import UnitRecord
from aifirst_memory.tree.packed_units import unpack_units


class FileRow(msgspec.Struct, frozen=True, gc=False):
    """A file of the index with its figures."""

    file_id: int
    path: str
    language: str
    digest: str
    size: int
    lines: int
    tokens: int
    glue_tokens: int
    generated: bool
    broken: bool
    first_unit: int
    units: int


_SELECT = (
    "SELECT file_id, path, language, hex(digest), size, lines, tokens, glue_tokens, generated, broken, first_unit,"
    " units FROM file"
)


class TreeLevel:
    """Files with their units."""

    name = "tree"
    schema = """
        CREATE TABLE IF NOT EXISTS file (
            file_id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, language TEXT NOT NULL, digest BLOB NOT NULL,
            size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
            lines INTEGER NOT NULL, tokens INTEGER NOT NULL, glue_tokens INTEGER NOT NULL,
            generated INTEGER NOT NULL, broken INTEGER NOT NULL, variant TEXT NOT NULL,
            first_unit INTEGER NOT NULL UNIQUE, units INTEGER NOT NULL, pack BLOB NOT NULL);
    """

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Nothing: the writer itself keeps `file`, because it gives out the ids."""

    def finish(self, connection: sqlite3.Connection) -> None:
        """Nothing piles up here."""

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """One line a file, then one a unit."""
        for row in files(connection):
            figures = (row.size, row.lines, row.tokens, row.glue_tokens, row.generated, row.broken, row.units)
            yield "\t".join(map(str, (row.path, row.language, row.digest, *figures)))
            for unit in units_of(connection, row.file_id):
                yield f"{row.path}\t{msgspec.structs.astuple(unit)}"


def files(connection: sqlite3.Connection) -> Iterator[FileRow]:
    """All files, by path."""
    for row in connection.execute(f"{_SELECT} ORDER BY path"):
        yield _row(row)


def file_at(connection: sqlite3.Connection, path: str) -> FileRow | None:
    """The file at a path, relative to the root."""
    row = connection.execute(f"{_SELECT} WHERE path = ?", (path,)).fetchone()
    return _row(row) if row else None


def file_of_unit(connection: sqlite3.Connection, unit_id: int) -> FileRow | None:
    """The file that a unit belongs to."""
    row = connection.execute(
        f"{_SELECT} WHERE first_unit <= ? ORDER BY first_unit DESC LIMIT 1", (unit_id,)
    ).fetchone()
    return _row(row) if row and unit_id < row[10] + row[11] else None


def units_of(connection: sqlite3.Connection, file_id: int) -> tuple[UnitRecord, ...]:
    """The units of a file, the module's own code first; empty where there is no such file."""
    row = connection.execute("SELECT pack FROM file WHERE file_id = ?", (file_id,)).fetchone()
    return unpack_units(row[0]) if row else ()


def stored_files(connection: sqlite3.Connection, paths: Iterable[str]) -> dict[str, StoredFile]:
    """What is kept of the files at these paths, by path."""
    found: dict[str, StoredFile] = {}
    for path in paths:
        row = connection.execute(
            "SELECT file_id, path, language, hex(digest), first_unit, units FROM file WHERE path = ?", (path,)
        ).fetchone()
        if row is not None:
            found[path] = StoredFile(row[0], row[1], row[2], row[3].lower(), row[4], row[5])
    return found


def _row(row: tuple[int, str, str, str, int, int, int, int, int, int, int, int]) -> FileRow:
    return FileRow(*row[:3], row[3].lower(), *row[4:8], bool(row[8]), bool(row[9]), *row[10:])

"""Between the ids of the index and places: which file and unit an id is, which ids a file has."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from aifirst_memory.context.sources import UnitPlace

_COLUMNS = "file_id, path, language, hex(digest), tokens, generated, first_unit, units, inode, broken"


class IndexedFile(msgspec.Struct, frozen=True, gc=False):
    """A file of the index, as far as the steps look at it."""

    file_id: int
    path: str
    language: str
    digest: str
    tokens: int
    generated: bool
    first_unit: int
    units: int
    inode: int
    broken: bool


def indexed_file(connection: sqlite3.Connection, path: str) -> IndexedFile | None:
    """The file at a path."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM file WHERE path = ?", (path,)).fetchone()  # noqa: S608  our own columns
    return _file(row) if row else None


class PlacesOfIds:
    """Finds units by id; what was found of a file is kept for its other units."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._known: dict[int, IndexedFile | None] = {}
        self._places: dict[int, UnitPlace | None] = {}
        self._firsts: list[int] = []
        self._files: list[IndexedFile] = []

    def file(self, unit_id: int) -> IndexedFile | None:
        """The file that a unit belongs to, None for an id that is not in use."""
        at = bisect_right(self._firsts, unit_id)
        if at and unit_id < self._firsts[at - 1] + self._files[at - 1].units:
            return self._files[at - 1]
        if unit_id not in self._known:
            row = self.connection.execute(
                f"SELECT {_COLUMNS} FROM file WHERE first_unit <= ? ORDER BY first_unit DESC LIMIT 1",  # noqa: S608  our own columns
                (unit_id,),
            ).fetchone()
            found = _file(row) if row and unit_id < row[6] + row[7] else None
            self._known[unit_id] = found
            if found is not None:
                self._firsts.insert(at, found.first_unit)
                self._files.insert(at, found)
        return self._known[unit_id]

    def place(self, unit_id: int) -> UnitPlace | None:
        """Where a unit is."""
        if unit_id not in self._places:
            file = self.file(unit_id)
            self._places[unit_id] = None if file is None else UnitPlace(file.path, unit_id - file.first_unit)
        return self._places[unit_id]

    def places(self, unit_ids: Iterable[int]) -> list[UnitPlace]:
        """Where units are, those not in use left out."""
        return [place for unit_id in unit_ids if (place := self.place(unit_id)) is not None]


def _file(row: tuple[int, str, str, str, int, int, int, int, int, int]) -> IndexedFile:
    return IndexedFile(
        row[0], row[1], row[2], row[3].lower(), row[4], bool(row[5]), row[6], row[7], row[8], bool(row[9])
    )

"""A level: one index over the records of all files, kept in the one database of a project.

All levels change in one transaction, so that none can disagree with another whatever happens in between.
A level owns its tables, named by itself, and may look at the tree's table `file`, which is written before
it. It must come to the same contents whatever order of changes led there: `dump` is that
law's witness.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from aifirst_memory.record import FileRecord


class StoredFile(msgspec.Struct, frozen=True, gc=False):
    """A file as the tree keeps it. Its units have the ids `first_unit` up to `first_unit + units - 1`.

    A rename keeps `file_id`; a file that is read again, for whatever reason, gets new unit ids.
    """

    file_id: int
    path: str
    language: str
    digest: str
    first_unit: int
    units: int


class AddedFile(msgspec.Struct, frozen=True, gc=False):
    """A file that is new, or has new content, with its record."""

    stored: StoredFile
    record: FileRecord


class Change(msgspec.Struct, frozen=True):
    """What one transaction changes. A file with new content or a new path is in `removed` as it was and in `added`
    as it is, under the same `file_id`.
    """

    removed: Sequence[StoredFile] = ()
    added: Sequence[AddedFile] = ()
    initial: bool = False
    """Whether the database was empty before: a level may then write without looking."""


class Level(Protocol):
    """One index level, as the writer sees it."""

    name: str
    schema: str
    """DDL, `CREATE TABLE IF NOT EXISTS …`; tables begin with the level's name."""

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Bring the level's tables up to date, inside the writer's transaction."""
        ...

    def finish(self, connection: sqlite3.Connection) -> None:
        """After the last change of a run: merge what piled up, where it pays (compaction). In a transaction."""
        ...

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """The level's contents as lines in canonical order, free of ids: paths and unit names instead."""
        ...

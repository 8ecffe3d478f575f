"""The facts of all files as they are stored: a `ProjectView` that reads what it is asked for and no more.

Facts that were read are kept from one change to the next, up to a bound; who writes says which are stale.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aifirst_memory.dependencies.read_file import ReadFile
from aifirst_memory.dependencies.resolver import FileFacts
from aifirst_memory.dependencies.sqlite.tables import unpack_facts

_MOST_KEPT: Final = 20_000_000
_LITTLE: Final = 2_000_000
"""Bytes of packed facts that are kept unpacked."""


class StoredProject:
    """The view of one database, for its one writer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._facts: dict[str, FileFacts | None] = {}
        self._names: dict[str, list[str]] = {}
        self._keys: dict[str, list[str]] = {}
        self._kept = 0

    def forget(self, paths: Iterable[str]) -> None:
        """Read these files again when they are asked for, and what every key finds."""
        self._keys.clear()
        for path in paths:
            self._facts.pop(path, None)
            self._names.pop(path, None)

    def spare(self) -> None:
        """Read every file again, where what is kept takes more than a little memory."""
        if self._kept > _LITTLE:
            self.forget_all()

    def forget_all(self) -> None:
        """Read every file again."""
        self._facts.clear()
        self._names.clear()
        self._keys.clear()
        self._kept = 0

    def facts(self, path: str) -> FileFacts | None:
        """What a file says; None where no language read it."""
        if path in self._facts:
            return self._facts[path]
        row = self._connection.execute(
            "SELECT facts FROM dep_facts JOIN dep_file USING (file) WHERE path = ?", (path,)
        ).fetchone()
        if row is not None:
            self._kept += len(row[0])
            if self._kept > _MOST_KEPT:
                self.forget_all()
                self._kept = len(row[0])
        found = self._facts[path] = None if row is None else unpack_facts(row[0])
        return found

    def find(self, key: str) -> Sequence[str]:
        """See `ProjectView`."""
        known = self._keys.get(key)
        if known is None:
            rows = self._connection.execute(
                "SELECT path FROM dep_key JOIN dep_file USING (file) WHERE key = ? ORDER BY path", (key,)
            )
            known = self._keys[key] = [path for (path,) in rows]
        return known

    def entry(self, path: str, name: str) -> bytes | None:
        """See `ProjectView`."""
        facts = self.facts(path)
        return None if facts is None else facts.entries.get(name)

    def names(self, path: str) -> Sequence[str]:
        """See `ProjectView`."""
        known = self._names.get(path)
        if known is None:
            facts = self.facts(path)
            known = self._names[path] = [] if facts is None else sorted(facts.entries)
        return known

    def exists(self, path: str) -> bool:
        """See `ProjectView`."""
        return self.facts(path) is not None


def load_project(connection: sqlite3.Connection, at_hand: Mapping[str, FileFacts]) -> list[ReadFile]:
    """All files that a language read, without their nodes, for a run that resolves most; some facts are at hand."""
    files = connection.execute("SELECT file, path, resolver FROM dep_file WHERE resolver != '' ORDER BY path")
    found: list[ReadFile] = []
    for file, path, resolver in files.fetchall():
        facts = at_hand.get(path)
        if facts is None:
            row = connection.execute("SELECT facts FROM dep_facts WHERE file = ?", (file,)).fetchone()
            facts = unpack_facts(row[0])
        found.append(ReadFile(path, resolver, (), facts))
    return found

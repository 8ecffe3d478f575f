"""The names of all units of a project, for completion and workspace symbols; kept by the librarian.

Files whose content is as before keep their names; the rest is read from the index again, never from the files.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory


class KnownName(NamedTuple):
    """A unit by the last part of its name; `line` counts from 1."""

    folded: str
    last: str
    name: str
    kind: str
    path: str
    line: int
    end_line: int
    tokens: int


class KnownNames:
    """All names, in order of their last part, whatever its case."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, list[KnownName]]] = {}
        self._sorted: list[KnownName] = []
        self._version = (0, 0)

    def follow(self, memory: Memory) -> None:
        """Take in what changed; to be called within a moment of the memory."""
        connection = memory.connection
        version = (id(connection), int(connection.execute("PRAGMA data_version").fetchone()[0]))
        if version == self._version and self._sorted:
            return
        self._version = version
        digests = dict(connection.execute("SELECT path, hex(digest) FROM file"))
        changed = [path for path, digest in digests.items() if self._files.get(path, ("",))[0] != digest]
        gone = self._files.keys() - digests.keys()
        if not changed and not gone:
            return
        for path in gone:
            del self._files[path]
        for path in changed:
            self._files[path] = digests[path], _names(connection, path)
        self._sorted = sorted(name for _, names in self._files.values() for name in names)

    def starting(self, prefix: str, limit: int) -> list[KnownName]:
        """Names whose last part begins with the prefix, whatever its case; in order, `limit` at most."""
        folded = prefix.lower()
        start = bisect_left(self._sorted, (folded,))
        found: list[KnownName] = []
        for name in self._sorted[start:]:
            if len(found) >= limit or not name.folded.startswith(folded):
                break
            found.append(name)
        return found

    def holding(self, query: str, limit: int) -> list[KnownName]:
        """Names that hold the query's characters in order, those that begin with it or hold it whole first."""
        folded = query.lower()
        first = self.starting(query, limit)
        if len(first) >= limit:
            return first
        seen = {(one.path, one.name) for one in first}
        whole = [one for one in self._sorted if folded in one.folded and (one.path, one.name) not in seen]
        if len(first) + len(whole) >= limit:
            return [*first, *whole][:limit]
        seen.update((one.path, one.name) for one in whole)
        loose = [
            one for one in self._sorted if _in_order(folded, one.folded) and (one.path, one.name) not in seen
        ]
        return [*first, *whole, *loose][:limit]


def _names(connection: sqlite3.Connection, path: str) -> list[KnownName]:
    from aifirst_memory.tree.packed_units import unpack_units

    row = connection.execute("SELECT pack FROM file WHERE path = ?", (path,)).fetchone()
    found: list[KnownName] = []
    for unit in unpack_units(row[0]) if row else ():
        last = unit.name.rpartition(".")[2].partition("#")[0]
        if last:
            place = (path, unit.line, unit.end_line)
            found.append(KnownName(last.lower(), last, unit.name, unit.kind, *place, unit.tokens))
    return found


def _in_order(part: str, whole: str) -> bool:
    at = 0
    for character in part:
        at = whole.find(character, at) + 1
        if at == 0:
            return False
    return True

"""The project's files by key: all of them in memory for a first build, from the database for a change.

Both give the same answers; what differs is how many files are read. A change reads the few files that it asks for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from aifirst_memory.graph.keys import ALL_BITS, index_keys
from aifirst_memory.graph.scope import Scope, unpack_facts


class LoadedTables:
    """Files that are all at hand."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        self._files: dict[int, list[Scope]] = {}
        for scope in sorted(scopes, key=lambda scope: scope.path):
            for key in index_keys(scope):
                self._files.setdefault(key, []).append(scope)

    def files(self, key: int) -> Sequence[Scope]:
        """The files that may answer to the key, by path."""
        return self._files.get(key, ())


class StoredTables:
    """Files as the database has them, each read at most once. To be thrown away after a change.

    `scopes` has files by id that are known to be as the database has them, and takes up what is read.
    """

    def __init__(self, connection: sqlite3.Connection, scopes: dict[int, Scope] | None = None) -> None:
        self._connection = connection
        self._scopes: dict[int, Scope] = {} if scopes is None else scopes
        self._files: dict[int, list[Scope]] = {}

    def files(self, key: int) -> Sequence[Scope]:
        """The files that may answer to the key, by path."""
        known = self._files.get(key)
        if known is None:
            rows = self._connection.execute("SELECT file FROM graph_key WHERE key = ?", (key,)).fetchall()
            found = [self.scope(file) for (file,) in rows]
            known = self._files[key] = sorted(found, key=lambda scope: scope.path)
        return known

    def scope(self, file: int) -> Scope:
        """A file by its id; a `KeyError` where the graph does not have it."""
        scope = self._scopes.get(file)
        if scope is None:
            row = self._connection.execute(
                "SELECT path, first, facts FROM graph_file JOIN graph_facts USING (file) WHERE file = ?",
                (file,),
            ).fetchone()
            if row is None:
                raise KeyError(file)
            path, first, facts = row
            scope = self._scopes[file] = Scope(file, path, first, unpack_facts(facts))
        return scope


def keys_of_rows(scope: Scope) -> list[tuple[int, int]]:
    """The rows of `graph_key` for a file, sorted."""
    return sorted((key & ALL_BITS, scope.file) for key in index_keys(scope))

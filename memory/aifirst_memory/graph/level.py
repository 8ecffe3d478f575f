"""The graph as an index level: which files a change makes resolve again, and the rows that come of it.

A file's edges are a function of its own facts and of the answers to the keys it looked up. So after a change these
are resolved again, and no others: the files that changed, and those that looked up a key whose answer is another
now. Edges of other files that lead into a changed file only follow its units to their new ids.

A first build, and a change so large that most of the graph follows from it, are left to `finish`, which then reads
every file once. Until then the files concerned are listed as pending and have no edges.
"""

from __future__ import annotations

import gc
import sqlite3
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aifirst_memory.graph.edge_rows import EdgeRow, EdgeRows
from aifirst_memory.graph.edges import KINDS, confidence_of
from aifirst_memory.graph.file_edges import Found, find_edges
from aifirst_memory.graph.keys import answers
from aifirst_memory.graph.references import pack_references, unpack_references
from aifirst_memory.graph.resolve import Resolver
from aifirst_memory.graph.scope import Scope, facts_of, pack_facts, packed_references, unpack_facts
from aifirst_memory.graph.tables import LoadedTables, StoredTables, keys_of_rows
from aifirst_memory.search.file_role import is_test_path

if TYPE_CHECKING:
    from aifirst_memory.level import AddedFile, Change

_SCHEMA = """
CREATE TABLE IF NOT EXISTS graph_file (
    file INTEGER PRIMARY KEY, path TEXT NOT NULL, first INTEGER NOT NULL, units INTEGER NOT NULL, test INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS graph_file_first ON graph_file (first);
CREATE TABLE IF NOT EXISTS graph_facts (file INTEGER PRIMARY KEY, facts BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS graph_demand (file INTEGER PRIMARY KEY, keys BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS graph_key (
    key INTEGER NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (key, file)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS graph_package (package INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS graph_edge (
    source INTEGER NOT NULL, kind INTEGER NOT NULL, target INTEGER NOT NULL,
    line INTEGER NOT NULL, count INTEGER NOT NULL, way INTEGER NOT NULL, PRIMARY KEY (source, kind, target)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS graph_edge_target ON graph_edge (target);
CREATE TABLE IF NOT EXISTS graph_pending (file INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS graph_snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), edges INTEGER, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS graph_delta (file INTEGER PRIMARY KEY, first INTEGER NOT NULL, units INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS graph_serial (one INTEGER PRIMARY KEY CHECK (one = 1), serial INTEGER NOT NULL);
"""
_MOST_AT_ONCE = 400
"""Files to resolve from which on reading all files once is cheaper than reading those that are asked for."""
_MOST_KNOWN = 1000
"""Files that are kept in memory from one change to the next."""
_FEWEST_CHANGED = 64
_MOST_CHANGED = 0.1
"""Files changed, and their share of all, from which on the snapshot is made anew."""


class GraphLevel:
    """Level 4 as the writer sees it."""

    name = "graph"
    schema = _SCHEMA

    def __init__(self) -> None:
        self._scopes: dict[int, Scope] = {}
        self._state: tuple[object, ...] = ()
        self._first: dict[int, tuple[Scope, bytes]] = {}
        """What a first build has written so far: the files with their packed references."""

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Bring the edges up to date with the change."""
        tables = StoredTables(connection, self._known(connection))
        before = {stored.file_id: tables.scope(stored.file_id) for stored in change.removed}
        after = [_scope_of(added) for added in change.added]
        changed = set[int]() if change.initial else _changed_keys(before.values(), after)
        _note_change(connection, before.values())
        for file in before:
            del self._scopes[file]
        references = {
            added.stored.file_id: pack_references(added.record.graph.references) for added in change.added
        }
        _write_files(connection, before, after, references)
        resolve = {scope.file for scope in after}
        put_off = change.initial or len(resolve) > _MOST_AT_ONCE or _any_pending(connection)
        resolve |= _demanding(connection, changed)
        _follow_units(connection, before, after)
        if put_off or len(resolve) > _MOST_AT_ONCE:
            _put_off(connection, resolve)
            if change.initial:
                self._keep_first(connection, after, references)
            return
        self._scopes.update((scope.file, scope) for scope in after)
        tables = StoredTables(connection, self._scopes)
        scopes = [tables.scope(file) for file in sorted(resolve)]
        _note_change(connection, [scope for scope in scopes if scope.file not in before])
        _resolve(connection, Resolver(tables), scopes)
        self._state = _state_of(connection)

    def _keep_first(
        self, connection: sqlite3.Connection, after: Sequence[Scope], references: Mapping[int, bytes]
    ) -> None:
        """Remember what a first build has written, to resolve it without reading it back."""
        self._first.update((scope.file, (scope, references[scope.file])) for scope in after)
        self._state = _state_of(connection)

    def _known(self, connection: sqlite3.Connection) -> dict[int, Scope]:
        """Files read for the changes before, where nobody else has written and nothing was taken back since."""
        if self._state != _state_of(connection) or len(self._scopes) > _MOST_KNOWN:
            self._scopes = {}
            self._first = {}
        self._state = ()
        return self._scopes

    def finish(self, connection: sqlite3.Connection) -> None:
        """Resolve what was put off; drop packages that nothing leads to any more."""
        pending = {file for (file,) in connection.execute("SELECT file FROM graph_pending")}
        if pending:
            first, self._first = self._first if self._state == _state_of(connection) else {}, {}
            is_first = first.keys() == pending
            scopes = [scope for scope, _ in first.values()] if is_first else _all_scopes(connection)
            todo = sorted((scope for scope in scopes if scope.file in pending), key=lambda scope: scope.path)
            _note_change(connection, todo)
            with _without_collection():
                resolver = Resolver(LoadedTables(scopes))
                _resolve(connection, resolver, todo, fresh=len(todo) == len(scopes), packed=first)
            connection.execute("DELETE FROM graph_pending")
        connection.execute(
            "DELETE FROM graph_package WHERE NOT EXISTS (SELECT 1 FROM graph_edge WHERE target = -package)"
        )
        (changed,) = connection.execute("SELECT COUNT(*) FROM graph_delta").fetchone()
        (files,) = connection.execute("SELECT COUNT(*) FROM graph_file").fetchone()
        if changed >= max(_FEWEST_CHANGED, files * _MOST_CHANGED):
            # numpy, which this needs, takes longer to import than a small change takes to write.
            from aifirst_memory.graph.snapshot import renew

            renew(connection)

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """Every edge as `source kind target line count confidence`, sorted."""
        names: dict[int, str] = {}
        for scope in _all_scopes(connection):
            for unit, name in enumerate(scope.names):
                names[scope.first + unit] = f"{scope.path}::{name}" if unit else scope.path
        for package, name in connection.execute("SELECT package, name FROM graph_package"):
            names[-package] = f"package:{name}"
        rows = connection.execute("SELECT source, kind, target, line, count, way FROM graph_edge")
        yield from sorted(
            f"{names[source]}\t{KINDS[kind]}\t{names[target]}\t{line}\t{count}\t{confidence_of(way):.2f}"
            for source, kind, target, line, count, way in rows
        )


@contextmanager
def _without_collection() -> Generator[None]:
    """Put garbage collection off: of the millions of objects that a build makes, none are part of a cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _note_change(connection: sqlite3.Connection, scopes: Iterable[Scope]) -> None:
    """Say which files' edges change, with the units that they have until now (see `snapshot`)."""
    connection.execute("INSERT INTO graph_serial VALUES (1, 1) ON CONFLICT DO UPDATE SET serial = serial + 1")
    connection.executemany(
        "INSERT OR IGNORE INTO graph_delta VALUES (?, ?, ?)",
        [(scope.file, scope.first, len(scope.names)) for scope in scopes],
    )


def _state_of(connection: sqlite3.Connection) -> tuple[object, ...]:
    """What differs after a change that somebody else made, and after one that was rolled back."""
    serial = connection.execute("SELECT serial FROM graph_serial").fetchone()
    return id(connection), serial, connection.execute("PRAGMA data_version").fetchone()


def _scope_of(added: AddedFile) -> Scope:
    stored = added.stored
    return Scope(stored.file_id, stored.path, stored.first_unit, facts_of(added.record))


def _all_scopes(connection: sqlite3.Connection) -> list[Scope]:
    rows = connection.execute(
        "SELECT file, path, first, facts FROM graph_file JOIN graph_facts USING (file) ORDER BY path"
    )
    return [Scope(file, path, first, unpack_facts(facts)) for file, path, first, facts in rows]


def _changed_keys(before: Iterable[Scope], after: Iterable[Scope]) -> set[int]:
    """The keys to which the files give another answer than they did."""
    told_before = {(scope.file, *answer) for scope in before for answer in answers(scope)}
    told_after = {(scope.file, *answer) for scope in after for answer in answers(scope)}
    return {key for _, key, _ in told_before ^ told_after}


def _write_files(
    connection: sqlite3.Connection,
    before: dict[int, Scope],
    after: Sequence[Scope],
    references: Mapping[int, bytes],
) -> None:
    """Bring files, facts and keys up to date, and take away the edges that start in what changed."""
    fresh = {scope.file for scope in after}
    for file, scope in before.items():
        connection.execute(
            "DELETE FROM graph_edge WHERE source BETWEEN ? AND ?",
            (scope.first, scope.first + len(scope.names) - 1),
        )
        if file not in fresh:
            for table in ("graph_file", "graph_facts", "graph_demand", "graph_pending"):
                connection.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608  our own tables' names
    rows_before = {row for scope in before.values() for row in keys_of_rows(scope)}
    rows_after = {row for scope in after for row in keys_of_rows(scope)}
    connection.executemany(
        "DELETE FROM graph_key WHERE key = ? AND file = ?", sorted(rows_before - rows_after)
    )
    connection.executemany("INSERT INTO graph_key VALUES (?, ?)", sorted(rows_after - rows_before))
    connection.executemany(
        "INSERT OR REPLACE INTO graph_file VALUES (?, ?, ?, ?, ?)",
        [(s.file, s.path, s.first, len(s.names), int(is_test_path(s.path))) for s in after],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO graph_facts VALUES (?, ?)",
        [(s.file, pack_facts(s.facts, references[s.file])) for s in after],
    )


def _demanding(connection: sqlite3.Connection, changed: set[int]) -> set[int]:
    """The files that looked up one of the keys."""
    if not changed:
        return set()
    found: set[int] = set()
    for file, demands in connection.execute("SELECT file, keys FROM graph_demand"):
        keys = array("I")
        keys.frombytes(demands)
        if not changed.isdisjoint(keys):
            found.add(file)
    return found


def _any_pending(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM graph_pending LIMIT 1").fetchone() is not None


def _put_off(connection: sqlite3.Connection, files: Iterable[int]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO graph_pending VALUES (?)", [(file,) for file in sorted(files)]
    )


def _follow_units(connection: sqlite3.Connection, before: dict[int, Scope], after: Sequence[Scope]) -> None:
    """Lead the edges that end in changed files to the new ids of their units, or nowhere where these are gone."""
    follow = {scope.file: scope for scope in after}
    for file, old in before.items():
        new = follow.get(file)
        last = old.first + len(old.names) - 1
        if new is not None and new.names == old.names:
            if new.first != old.first:
                connection.execute(
                    "UPDATE graph_edge SET target = target + ? WHERE target BETWEEN ? AND ?",
                    (new.first - old.first, old.first, last),
                )
            continue
        rows: list[tuple[int]] = connection.execute(
            "SELECT DISTINCT target FROM graph_edge WHERE target BETWEEN ? AND ?", (old.first, last)
        ).fetchall()
        for (target,) in rows:
            unit = None if new is None else new.index.get(old.names[target - old.first])
            if new is None or unit is None:
                connection.execute("DELETE FROM graph_edge WHERE target = ?", (target,))
            else:
                connection.execute(
                    "UPDATE graph_edge SET target = ? WHERE target = ?", (new.first + unit, target)
                )


def _resolve(
    connection: sqlite3.Connection,
    resolver: Resolver,
    scopes: Sequence[Scope],
    *,
    fresh: bool = False,
    packed: Mapping[int, tuple[Scope, bytes]] | None = None,
) -> None:
    """Find and write the edges of the files; `fresh` where they are all there are.

    `packed` has the references of files where they are at hand.
    """
    packages = dict(connection.execute("SELECT name, package FROM graph_package").fetchall())
    few: list[EdgeRow] = []
    all_there_are = EdgeRows()
    rows = all_there_are if fresh else few
    demands: list[tuple[bytes, int]] = []
    for scope in scopes:
        if not fresh:
            connection.execute(
                "DELETE FROM graph_edge WHERE source BETWEEN ? AND ?",
                (scope.first, scope.first + len(scope.names) - 1),
            )
        if packed and scope.file in packed:
            references: bytes | memoryview = packed[scope.file][1]
        else:
            row = connection.execute("SELECT facts FROM graph_facts WHERE file = ?", (scope.file,)).fetchone()
            references = packed_references(row[0])
        found, keys = find_edges(resolver, scope, unpack_references(references))
        rows.extend(_rows(connection, scope, found, packages))
        demands.append((array("I", sorted(keys)).tobytes(), scope.file))
    insert = "INSERT INTO graph_edge VALUES (?, ?, ?, ?, ?, ?)"
    if fresh:
        connection.execute("DELETE FROM graph_edge")
        connection.execute("DROP INDEX graph_edge_target")
        connection.executemany(insert, all_there_are.ordered())
        connection.execute("CREATE INDEX graph_edge_target ON graph_edge (target)")
    else:
        connection.executemany(insert, sorted(few))
    connection.executemany("INSERT OR REPLACE INTO graph_demand (keys, file) VALUES (?, ?)", demands)


def _rows(
    connection: sqlite3.Connection, scope: Scope, found: Found, packages: dict[str, int]
) -> Iterator[EdgeRow]:
    for (unit, kind, target), (line, count, way) in found.items():
        if isinstance(target, int):
            end = target
        else:
            if target not in packages:
                packages[target] = len(packages) + 1
                cursor = connection.execute("INSERT INTO graph_package (name) VALUES (?)", (target,))
                packages[target] = cursor.lastrowid or 0
            end = -packages[target]
        yield scope.first + unit, kind, end, line, count, way

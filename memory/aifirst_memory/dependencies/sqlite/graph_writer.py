"""Writes what files give into the tables, file by file; every call lies inside a transaction of the caller."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Sequence

import msgspec

from aifirst_memory.dependencies.project_sources import below
from aifirst_memory.dependencies.read_files import PackedFile
from aifirst_memory.dependencies.resolver import FoundEdge
from aifirst_memory.dependencies.sqlite.tables import (
    KIND_NUMBER,
    Interned,
    pack_numbers,
    unpack_numbers,
)

_EDGE = struct.Struct("<iiiid")
_TABLES = ("dep_facts", "dep_nodes", "dep_demand", "dep_key", "dep_edges", "dep_pending", "dep_file")


class KnownFile(msgspec.Struct, frozen=True, gc=False):
    """A file as the graph has it."""

    file: int
    digest: bytes
    variant: str
    resolver: str
    version: int


class GraphWriter:
    """The one writer of a graph."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.interned = Interned(connection)

    def known(self, paths: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """The files that the graph has, by path."""
        query = "SELECT path, file, digest, variant, resolver, version FROM dep_file"
        return {
            row[0]: KnownFile(*row[1:])
            for where, parameters in below(paths)
            for row in self.connection.execute(query + where, parameters)
        }

    def put(self, packed: PackedFile, keys: Sequence[str], variant: str, known: KnownFile | None) -> int:
        """Write a file anew, all but its edges, and list it as one to resolve; its number. `keys` are its facts'."""
        execute = self.connection.execute
        row = (packed.path, packed.digest, variant, packed.resolver, packed.version)
        if known is None:
            cursor = execute(
                "INSERT INTO dep_file (path, digest, variant, resolver, version) VALUES (?, ?, ?, ?, ?)", row
            )
            file = cursor.lastrowid or 0
        else:
            file = known.file
            execute(
                "UPDATE dep_file SET path = ?, digest = ?, variant = ?, resolver = ?, version = ? WHERE file = ?",
                (*row, file),
            )
            execute("DELETE FROM dep_key WHERE file = ?", (file,))
        numbers = [self.interned.number(id) for id in packed.nodes.ids]
        execute(
            "INSERT OR REPLACE INTO dep_nodes VALUES (?, ?, ?, ?, ?)",
            (file, pack_numbers(numbers), packed.nodes.parents, packed.nodes.marks, packed.nodes.details),
        )
        if packed.resolver:
            execute("INSERT OR REPLACE INTO dep_facts VALUES (?, ?)", (file, packed.facts))
            rows = [(key, file) for key in dict.fromkeys(keys)]
            self.connection.executemany("INSERT INTO dep_key VALUES (?, ?)", rows)
        else:
            execute("DELETE FROM dep_facts WHERE file = ?", (file,))
        self.put_off((file,))
        return file

    def remove(self, file: int) -> None:
        """Take a file away with all that it gave."""
        for table in _TABLES:
            self.connection.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608  our own tables' names

    def put_off(self, files: Iterable[int]) -> None:
        """List files as ones to resolve."""
        self.connection.executemany(
            "INSERT OR IGNORE INTO dep_pending VALUES (?)", [(file,) for file in sorted(files)]
        )

    def put_resolved(self, file: int, demands: bytes) -> None:
        """Note what the resolving of a file asked; it is no longer one to resolve."""
        self.connection.execute("INSERT OR REPLACE INTO dep_demand VALUES (?, ?)", (file, demands))
        self.connection.execute("DELETE FROM dep_pending WHERE file = ?", (file,))

    def put_edges(self, file: int, part: int, edges: Sequence[FoundEdge]) -> None:
        """Replace the edges that one part of the graph has from a file."""
        number, pack = self.interned.number, _EDGE.pack
        rows = sorted(
            (number(edge.source), number(edge.target), edge.line, KIND_NUMBER[edge.kind], edge.confidence)
            for edge in edges
        )
        data = b"".join([pack(*row) for row in rows])
        if not data:
            self.connection.execute("DELETE FROM dep_edges WHERE file = ? AND part = ?", (file, part))
            return
        self.connection.execute(
            "INSERT INTO dep_edges VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET edges = excluded.edges"
            " WHERE edges != excluded.edges",
            (file, part, data),
        )

    def ids_of(self, path: str) -> tuple[str, ...]:
        """The ids of the nodes of a file, the file's first; empty where it has none."""
        row = self.connection.execute(
            "SELECT nodes FROM dep_nodes JOIN dep_file USING (file) WHERE path = ?", (path,)
        ).fetchone()
        if row is None:
            return ()
        query = "SELECT id FROM dep_node WHERE node = ?"
        return tuple(
            self.connection.execute(query, (number,)).fetchone()[0] for number in unpack_numbers(row[0])
        )

"""The tables of the dependency graph, and how a file's nodes, facts, demands and edges are packed into their blobs.

Everything is kept file by file, so that a change writes what the file itself gives and nothing else. Ids of nodes
are interned: a number stands for a text as long as the database lives. Numbers of gone nodes stay until `tidy`.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from aifirst_memory.dependencies.model import EDGE_KINDS, Node
from aifirst_memory.dependencies.resolver import FileFacts

VERSION: Final = 4
"""Raise it with any change of a table or of what a blob means: a graph of another version is made anew."""
STATIC, INDEX, TAGS, HISTORY = range(4)
"""Whose edges they are: the code's own and those of tests that follow from them; the index's graph; tags and
tickets; files that change together.
"""
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS dep_file (
    file INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, digest BLOB NOT NULL, variant TEXT NOT NULL,
    resolver TEXT NOT NULL, version INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS dep_facts (file INTEGER PRIMARY KEY, facts BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dep_nodes (
    file INTEGER PRIMARY KEY, nodes BLOB NOT NULL, parents BLOB NOT NULL, marks BLOB NOT NULL,
    details BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS dep_demand (file INTEGER PRIMARY KEY, demands BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS dep_key (key TEXT NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (key, file)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dep_key_file ON dep_key (file);
CREATE TABLE IF NOT EXISTS dep_edges (
    file INTEGER NOT NULL, part INTEGER NOT NULL, edges BLOB NOT NULL, PRIMARY KEY (file, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dep_node (node INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS dep_pending (file INTEGER PRIMARY KEY);
"""
ENTRY_POINTS: Final = "entry_points"
"""The note of what manifests start, a reference a line."""
EDGE_TYPE: Final = [
    ("source", "<i4"), ("target", "<i4"), ("line", "<i4"), ("kind", "<i4"), ("confidence", "<f8"),
]  # fmt: skip
"""A row of an edges blob, for `numpy.dtype`; 24 bytes."""
KIND_NUMBER: Final = {kind: number for number, kind in enumerate(EDGE_KINDS)}

EdgeRow = tuple[int, int, int, int, float]
"""Source, target, line, kind and confidence of an edge, its ends as interned."""


class Detail(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a node of a file is, besides its id, path and parent."""

    name: str
    line: int
    end_line: int
    unit_kind: str
    tokens: int
    glue_tokens: int


_pack_details = msgspec.msgpack.Encoder().encode
unpack_details = msgspec.msgpack.Decoder(tuple[Detail, ...]).decode
_pack_facts = msgspec.msgpack.Encoder().encode
_unpack_facts = msgspec.msgpack.Decoder(FileFacts).decode


class PackedNodes(msgspec.Struct, frozen=True, gc=False):
    """The nodes of a file: ids as text, for each the place of its parent among them (-1: none), marks and details."""

    ids: tuple[str, ...]
    parents: bytes
    marks: bytes
    details: bytes


def pack_nodes(nodes: Sequence[Node], marks: bytes) -> PackedNodes:
    """The nodes of a file, the file first and no id twice, with their marks, as they are stored."""
    place = {node.id: number for number, node in enumerate(nodes)}
    parents = array("i", (place.get(node.parent, -1) for node in nodes)).tobytes()
    details = [
        Detail(node.name, node.line, node.end_line, node.unit_kind, node.tokens, node.glue_tokens)
        for node in nodes
    ]
    return PackedNodes(
        tuple(place), parents, marks, zlib.compress(_pack_details(details), 1) if nodes else b""
    )


def unpack_nodes(ids: Sequence[str], parents: bytes, details: bytes) -> tuple[Node, ...]:
    """The nodes of a file as they were packed."""
    if not ids:
        return ()
    path = ids[0]
    folder = path.rpartition("/")[0]
    above = array("i")
    above.frombytes(parents)
    found = zip(ids, above, unpack_details(zlib.decompress(details)), strict=True)
    return tuple(
        Node(
            id=id, kind="unit" if number else "file", name=one.name, path=path, line=one.line,
            end_line=one.end_line, parent=ids[parent] if parent >= 0 else f"{folder}/" if folder else "",
            unit_kind=one.unit_kind, tokens=one.tokens, glue_tokens=one.glue_tokens,
        )
        for number, (id, parent, one) in enumerate(found)
    )  # fmt: skip


def pack_facts(facts: FileFacts) -> bytes:
    """Facts as they are stored."""
    return zlib.compress(_pack_facts(facts), 1)


def unpack_facts(data: bytes) -> FileFacts:
    """Facts as they were packed."""
    return _unpack_facts(zlib.decompress(data))


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Interned nodes as they are stored."""
    return array("i", numbers).tobytes()


def unpack_numbers(data: bytes) -> array[int]:
    """Interned nodes as they were packed."""
    found = array("i")
    found.frombytes(data)
    return found


class Interned:
    """The numbers that stand for the ids of nodes, for the length of a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[str, int] = {}

    def load(self) -> None:
        """Read all of them, for a run that meets most."""
        self._known = dict(self._connection.execute("SELECT id, node FROM dep_node").fetchall())

    def forget(self) -> None:
        """Read each again when it is asked for."""
        self._known.clear()

    def number(self, id: str) -> int:
        """The number of an id, given out where it has none yet."""
        known = self._known.get(id)
        if known is not None:
            return known
        row = self._connection.execute("SELECT node FROM dep_node WHERE id = ?", (id,)).fetchone()
        if row is None:
            cursor = self._connection.execute("INSERT INTO dep_node (id) VALUES (?)", (id,))
            row = (cursor.lastrowid or 0,)
        self._known[id] = row[0]
        return row[0]

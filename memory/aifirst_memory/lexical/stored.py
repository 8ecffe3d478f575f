"""The lexical index in the database: one packed base, and beside it a row for every file changed since.

A change of one file writes one row; the base is written anew only when much has changed.
"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from aifirst_memory.lexical.documents import Documents, IndexedFile, no_documents
from aifirst_memory.lexical.packed_numbers import pack_numbers, unpack_numbers
from aifirst_memory.lexical.part import LexicalPart
from aifirst_memory.lexical.postings import (
    FIELDS,
    Segment,
    build_segment,
    no_postings,
    pack_segment,
    unpack_segment,
)

_DAMAGED = "the lexical index is damaged ({}): run `aifirst index`, which makes it anew"
_SIZES = "row_counts"
_decode = msgspec.msgpack.Decoder(LexicalPart).decode


class State(NamedTuple):
    """`generation` counts the bases written, `sequence` the changes."""

    generation: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Base:
    """A segment with the documents that its postings speak of, some of which may be out of date."""

    segment: Segment
    documents: Documents


class DeltaRow(NamedTuple):
    """What became of a file since the base: what it says now, or, without `now`, that it is gone."""

    file_id: int
    now: IndexedFile | None


def read_state(connection: sqlite3.Connection) -> State:
    """Where the index stands."""
    return State(*connection.execute("SELECT generation, sequence FROM lexical_state").fetchone())


def read_base(connection: sqlite3.Connection) -> Base:
    """The base; an empty one where none was written yet. Raises `sqlite3.DatabaseError` where it is damaged."""
    columns: dict[str, bytes] = dict(connection.execute("SELECT part, data FROM lexical_base"))
    if not columns:
        return Base(build_segment(no_postings()), no_documents())
    try:
        documents = Documents(
            np.cumsum(unpack_numbers(columns["files"]), dtype=np.int64),
            unpack_numbers(columns["first_units"]).astype(np.int64),
            unpack_numbers(columns["unit_counts"]).astype(np.int64),
            unpack_numbers(columns["lengths"]).reshape(len(FIELDS), -1),
        )
        return Base(unpack_segment(columns), documents)
    except (ValueError, LookupError, zlib.error, struct.error) as error:
        raise sqlite3.DatabaseError(_DAMAGED.format(error)) from error


def base_sizes(connection: sqlite3.Connection) -> tuple[int, int]:
    """The numbers of postings and of files in the base, without reading it."""
    row = connection.execute("SELECT data FROM lexical_base WHERE part = ?", (_SIZES,)).fetchone()
    if row is None:
        return 0, 0
    try:
        postings, files = struct.unpack("<QQ", row[0])
    except struct.error as error:
        raise sqlite3.DatabaseError(_DAMAGED.format(error)) from error
    return postings, files


def write_base(connection: sqlite3.Connection, base: Base) -> None:
    """Replace base and delta by this base."""
    documents = base.documents
    columns = {
        **pack_segment(base.segment),
        "files": pack_numbers(np.diff(documents.file_ids, prepend=0).astype(np.uint32)),
        "first_units": pack_numbers(documents.first_units.astype(np.uint32)),
        "unit_counts": pack_numbers(documents.units.astype(np.uint32)),
        "lengths": pack_numbers(documents.lengths.ravel()),
        _SIZES: struct.pack("<QQ", len(base.segment.units), len(documents.file_ids)),
    }
    connection.execute("DELETE FROM lexical_delta")
    connection.execute("DELETE FROM lexical_base")
    connection.executemany("INSERT INTO lexical_base VALUES (?, ?)", columns.items())
    connection.execute("UPDATE lexical_state SET generation = generation + 1, sequence = sequence + 1")


def read_delta(connection: sqlite3.Connection, after: int = -1) -> list[DeltaRow]:
    """The rows written after a sequence number, by file. Raises `sqlite3.DatabaseError` where one is damaged."""
    query = (
        "SELECT file_id, first_unit, units, path, data FROM lexical_delta WHERE sequence > ? ORDER BY file_id"
    )
    rows: list[DeltaRow] = []
    for file_id, first_unit, units, path, data in connection.execute(query, (after,)):
        try:
            part = None if data is None else _decode(zlib.decompress(data))
        except (zlib.error, msgspec.DecodeError) as error:
            raise sqlite3.DatabaseError(_DAMAGED.format(error)) from error
        now = None if part is None else IndexedFile(file_id, first_unit, units, path, part)
        rows.append(DeltaRow(file_id, now))
    return rows


def write_delta(connection: sqlite3.Connection, rows: Sequence[DeltaRow], *, brief: bool = False) -> None:
    """Put rows in, in place of those of the same files; `brief` ones, which the end of the run merges, as they are."""
    connection.execute("UPDATE lexical_state SET sequence = sequence + 1")
    sequence = read_state(connection).sequence
    effort = 0 if brief else 1
    values = [(row.file_id, sequence, *_columns(row.now, effort)) for row in rows]
    connection.executemany("INSERT OR REPLACE INTO lexical_delta VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _columns(file: IndexedFile | None, effort: int) -> tuple[int, int, str, int, bytes | None]:
    if file is None:
        return 0, 0, "", 0, None
    return file.first_unit, file.units, file.path, len(file.part.counts), _encode(file.part, effort)


def _encode(part: LexicalPart, effort: int) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(part), effort)

"""A segment: the vectors that one transaction added, or many of them merged, as one row of the database.

Ids of units only grow and are never given again, so a segment never changes: units that are gone are listed beside
the segments and left out of the next merge.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.quantise import deflated, inflated, packed_width
from aifirst_memory.level import StoredFile
from aifirst_memory.vectors.part import VectorsPart


class Segment(msgspec.Struct, frozen=True):
    """Vectors with what they belong to: `owners` are unit ids, in rising order; `rows` are packed
    as by `embedding.quantise`.
    """

    embedder: str
    dimension: int
    owners: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    rows: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.owners)


class SegmentSize(msgspec.Struct, frozen=True):
    """A segment without its contents."""

    number: int
    embedder: str
    count: int


def segments_of(files: Iterable[tuple[StoredFile, VectorsPart]]) -> list[Segment]:
    """One segment for each embedder among the parts of files."""
    by_embedder: dict[tuple[str, int], list[tuple[StoredFile, VectorsPart]]] = {}
    for file, part in files:
        if part.owners:
            by_embedder.setdefault((part.embedder, part.dimension), []).append((file, part))
    found: list[Segment] = []
    for (embedder, dimension), group in sorted(by_embedder.items()):
        group.sort(key=lambda file: file[0].first_unit)
        parts = [part for _, part in group]
        owners = np.frombuffer(b"".join([part.owners for part in parts]), "<u4").astype(np.uint32)
        counts = [len(part.kinds) for part in parts]
        owners += np.repeat(np.array([file.first_unit for file, _ in group], np.uint32), counts)
        kinds = np.frombuffer(b"".join([part.kinds for part in parts]), np.uint8)
        rows = np.frombuffer(b"".join([part.rows for part in parts]), np.uint8)
        found.append(Segment(embedder, dimension, owners, kinds, rows.reshape(-1, packed_width(dimension))))
    return found


def save_segment(connection: sqlite3.Connection, segment: Segment) -> int:
    """Write a segment; returns its number."""
    cursor = connection.execute(
        "INSERT INTO vectors_segment (embedder, dimension, count, owners, kinds, vectors) VALUES (?,?,?,?,?,?)",
        (
            segment.embedder, segment.dimension, len(segment),
            zlib.compress(np.diff(segment.owners, prepend=np.uint32(0)).astype("<u4").tobytes(), 1),
            zlib.compress(segment.kinds.tobytes(), 1), deflated(segment.rows),
        ),
    )  # fmt: skip
    return cursor.lastrowid or 0


def load_segments(
    connection: sqlite3.Connection, *, only: Collection[int] | None = None
) -> Iterator[tuple[int, Segment]]:
    """Number and contents of all segments or only of some, in order; their arrays are read-only."""
    numbers = [number for (number,) in connection.execute("SELECT segment FROM vectors_segment ORDER BY 1")]
    query = "SELECT embedder, dimension, owners, kinds, vectors FROM vectors_segment WHERE segment = ?"
    for number in numbers if only is None else [number for number in numbers if number in only]:
        embedder, dimension, owners, kinds, rows = connection.execute(query, (number,)).fetchone()
        yield number, Segment(
            embedder, dimension, np.cumsum(np.frombuffer(zlib.decompress(owners), "<u4"), dtype=np.uint32),
            np.frombuffer(zlib.decompress(kinds), np.uint8), inflated(rows, dimension),
        )  # fmt: skip


def segment_sizes(connection: sqlite3.Connection) -> list[SegmentSize]:
    """All segments without their contents, the largest first."""
    rows = connection.execute(
        "SELECT segment, embedder, count FROM vectors_segment ORDER BY count DESC, segment"
    )
    return [SegmentSize(*row) for row in rows]


def delete_segments(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Remove segments."""
    connection.executemany("DELETE FROM vectors_segment WHERE segment = ?", [(number,) for number in numbers])


def dead_ranges(connection: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """Number, first unit and units of every file that is gone, by number."""
    return connection.execute("SELECT number, first_unit, units FROM vectors_dead ORDER BY 1").fetchall()


def is_dead(owners: NDArray[np.uint32], ranges: Sequence[tuple[int, int, int]]) -> NDArray[np.bool_]:
    """Whether each owner is within one of the ranges."""
    if not ranges:
        return np.zeros(len(owners), np.bool_)
    starts, counts = np.array(sorted({(first, units) for _, first, units in ranges}), np.int64).T
    at = np.searchsorted(starts, owners, side="right") - 1
    return (at >= 0) & (owners < (starts + counts)[at])


def merged(segments: Sequence[Segment], ranges: Sequence[tuple[int, int, int]]) -> Segment:
    """Several segments of one embedder as one, without what is dead, ordered by owner and kind."""
    owners = np.concatenate([segment.owners for segment in segments])
    kinds = np.concatenate([segment.kinds for segment in segments])
    order = np.lexsort((np.arange(len(owners)), kinds, owners))
    order = order[~is_dead(owners[order], ranges)]
    rows = np.concatenate([segment.rows for segment in segments])
    return Segment(segments[0].embedder, segments[0].dimension, owners[order], kinds[order], rows[order])

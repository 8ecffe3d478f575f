"""Level 3 in the database: segments of vectors that are only ever added and merged (a log-structured merge tree).

A transaction adds one segment with the vectors of its files and lists the units that are gone, so one saved file
writes a few hundred bytes whatever the project's size. `finish` merges what piled up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aifirst_memory.level import Change
from aifirst_memory.tree.level import units_of
from aifirst_memory.vectors.part import KIND_NAMES

if (
    TYPE_CHECKING
):  # it needs NumPy, which takes a tenth of a second to import, and this module is imported at every start
    from aifirst_memory.vectors.segment import SegmentSize

_SMALL_ONES = 8
"""Small segments that may lie beside the large one of their embedder."""
_SHARE = 0.1
"""Of the large segment: what may lie beside it, and what of it may be dead."""


class VectorsLevel:
    """Vectors of units, glue and tickets."""

    name = "vectors"
    schema = """
        CREATE TABLE IF NOT EXISTS vectors_segment (
            segment INTEGER PRIMARY KEY AUTOINCREMENT, embedder TEXT NOT NULL, dimension INTEGER NOT NULL,
            count INTEGER NOT NULL, owners BLOB NOT NULL, kinds BLOB NOT NULL, vectors BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS vectors_dead (
            number INTEGER PRIMARY KEY AUTOINCREMENT, first_unit INTEGER NOT NULL, units INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS vectors_pending (file_id INTEGER PRIMARY KEY);
    """

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Add the vectors of added files, note those without and the units of removed ones."""
        from aifirst_memory.vectors.segment import save_segment, segments_of

        gone = [(file.first_unit, file.units) for file in change.removed]
        connection.executemany("INSERT INTO vectors_dead (first_unit, units) VALUES (?,?)", gone)
        connection.executemany(
            "DELETE FROM vectors_pending WHERE file_id = ?", [(file.file_id,) for file in change.removed]
        )
        for segment in segments_of([(file.stored, file.record.vectors) for file in change.added]):
            save_segment(connection, segment)
        connection.executemany(
            "INSERT OR REPLACE INTO vectors_pending VALUES (?)",
            [(file.stored.file_id,) for file in change.added if not file.record.vectors.embedder],
        )

    def finish(self, connection: sqlite3.Connection) -> None:
        """Merge where enough piled up."""
        from aifirst_memory.vectors.segment import segment_sizes

        sizes = segment_sizes(connection)
        dead: int = connection.execute("SELECT coalesce(sum(units), 0) FROM vectors_dead").fetchone()[0]
        total = sum(size.count for size in sizes)
        embedders = sorted({size.embedder for size in sizes})
        if dead > _SHARE * total or len(embedders) > 1:
            for embedder in embedders:
                _merge(connection, [size for size in sizes if size.embedder == embedder])
            connection.execute("DELETE FROM vectors_dead")
        elif sum(size.count for size in sizes[1:]) > _SHARE * total:
            _merge(connection, sizes)
        elif len(sizes) - 1 > _SMALL_ONES:
            _merge(connection, sizes[1:])

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """One line a vector."""
        import numpy as np

        from aifirst_memory.vectors.segment import dead_ranges, load_segments, merged

        ranges = dead_ranges(connection)
        segments = [merged([segment], ranges) for _, segment in load_segments(connection)]
        lines: list[tuple[str, int, int, str, str]] = []
        query = "SELECT path, file_id, first_unit, units FROM file"
        files: list[tuple[str, int, int, int]] = connection.execute(query).fetchall()
        for path, file_id, first, units in files:
            names = [unit.name for unit in units_of(connection, file_id)]
            for segment in segments:
                start, end = np.searchsorted(segment.owners, [first, first + units])
                for at in range(int(start), int(end)):
                    index, kind = int(segment.owners[at]) - first, int(segment.kinds[at])
                    rest = f"{KIND_NAMES[kind]}\t{segment.embedder}\t{segment.rows[at].tobytes().hex()}"
                    lines.append((path, index, kind, names[index], rest))
        for path, _, _, name, rest in sorted(lines):
            yield f"{path}\t{name}\t{rest}"


def _merge(connection: sqlite3.Connection, sizes: list[SegmentSize]) -> None:
    from aifirst_memory.vectors.segment import (
        dead_ranges,
        delete_segments,
        load_segments,
        merged,
        save_segment,
    )

    numbers = {size.number for size in sizes}
    segments = [segment for _, segment in load_segments(connection, only=numbers)]
    together = merged(segments, dead_ranges(connection))
    if len(together):
        save_segment(connection, together)
    delete_segments(connection, sorted(numbers))

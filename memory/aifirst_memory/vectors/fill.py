"""Has an embedder that reads texts make the vectors that are missing, after all else is indexed.

Such an embedder takes milliseconds a unit, or asks a server. So the other levels do not wait for it: what it has
not seen yet is listed in the index, and filled in batch by batch, each its own transaction. Whoever stops in between
goes on from there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from aifirst_codebase.reading import Reading

from aifirst_memory.embedding.embedder import Embedder
from aifirst_memory.level import StoredFile
from aifirst_memory.store import transaction
from aifirst_memory.vectors.extract import extract_from_texts
from aifirst_memory.vectors.segment import save_segment, segments_of

_FILES_AT_ONCE = 16


def pending_files(connection: sqlite3.Connection) -> list[StoredFile]:
    """The files whose vectors are still to be made, in order of their ids."""
    rows = connection.execute(
        "SELECT file_id, path, language, lower(hex(digest)), first_unit, units FROM vectors_pending"
        " JOIN file USING (file_id) ORDER BY file_id"
    )
    return [StoredFile(*row) for row in rows]


def fill_vectors(
    connection: sqlite3.Connection, embedder: Embedder, read_again: Callable[[StoredFile], Reading | None]
) -> Iterator[int]:
    """Make what is missing, yielding how many files are left after every batch.

    `read_again` gives the reading of a file as it is in the index, None where it has changed since: it stays
    pending. Raises `EmbedderError`; what was made until then stays.
    """
    waiting = pending_files(connection)
    while waiting:
        batch, waiting = waiting[:_FILES_AT_ONCE], waiting[_FILES_AT_ONCE:]
        found = [(file, reading) for file in batch if (reading := read_again(file)) is not None]
        parts = extract_from_texts([reading for _, reading in found], embedder)
        with transaction(connection):
            files = [file for file, _ in found]
            for segment in segments_of(zip(files, parts, strict=True)):
                save_segment(connection, segment)
            done = [(file.file_id,) for file in files]
            connection.executemany("DELETE FROM vectors_pending WHERE file_id = ?", done)
        yield len(waiting)

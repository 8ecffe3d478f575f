"""Writes down what was made when it was asked for, so that it is made once.

By who asked, after the answer, in a transaction of its own that no reader has to notice. It never waits for another
writer and never fails: what could not be kept is made again. What would take more room than its share of the
sources is not kept either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Final

from aifirst_memory.process_lock import LockTimeoutError
from aifirst_memory.shadow.level import SCHEMA, pack
from aifirst_memory.shadow.part import ShadowPart
from aifirst_memory.store import StoreError, StorePlace, open_reader, write_lock

_SHARE: Final = 3
"""AICCL's parts take one byte at most for so many of the sources."""
_TEXTS_SHARE: Final = 16
_LEAST_ROOM: Final = 4_000_000
"""Bytes that there is always room for."""
_LEFT_BY_CLEARING: Final = 0.75

FileContent = tuple[str, str]
"""A path and the SHA-256, in hex, of the content that a part was made of."""


def keep_parts(place: StorePlace, parts: Mapping[FileContent, ShadowPart]) -> int:
    """Keep the parts of files that the index has with that very content; how many were kept."""

    def write(connection: sqlite3.Connection) -> int:
        room = _room(connection, _SHARE) - _taken(connection, "shadow_file", "pack")
        rows: list[tuple[int, bytes, str, bytes]] = []
        for file_id, digest, part in sorted(_files(connection, parts), key=itemgetter(0)):  # fills pages best
            data = pack(part)
            room -= len(data)
            if room < 0:
                break
            rows.append((file_id, digest, part.maker, data))
        connection.executemany("INSERT OR REPLACE INTO shadow_file VALUES (?,?,?,?)", rows)
        return len(rows)

    return _write(place, write) if parts else 0


def _files(
    connection: sqlite3.Connection, parts: Mapping[FileContent, ShadowPart]
) -> Iterator[tuple[int, bytes, ShadowPart]]:
    """The parts of what the index has, with the ids and digests of their files."""
    for (path, digest), part in parts.items():
        row = connection.execute(
            "SELECT file_id, digest FROM file WHERE path = ? AND digest = ? AND units = ? AND NOT generated",
            (path, bytes.fromhex(digest), len(part.signatures)),
        ).fetchone()
        if row is not None:
            yield *row, part


def keep_shown(place: StorePlace, texts: Mapping[int, tuple[int, bytes]]) -> int:
    """Keep packed texts with their tokens, by key; how many were kept. What came first goes where room is short."""

    def write(connection: sqlite3.Connection) -> int:
        (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM shadow_text").fetchone()
        rows = [(key, last + 1, tokens, data) for key, (tokens, data) in sorted(texts.items())]
        connection.executemany("INSERT OR REPLACE INTO shadow_text VALUES (?,?,?,?)", rows)
        room, taken = _room(connection, _TEXTS_SHARE), _taken(connection, "shadow_text", "text")
        if taken > room:
            over = taken - int(room * _LEFT_BY_CLEARING)
            connection.execute(
                "DELETE FROM shadow_text WHERE key IN (SELECT key FROM (SELECT key, sum(length(text)) OVER"
                " (ORDER BY number, key) - length(text) AS below FROM shadow_text) WHERE below < ?)",
                (over,),
            )
        return len(rows)

    return _write(place, write) if texts else 0


def _room(connection: sqlite3.Connection, share: int) -> int:
    (size,) = connection.execute("SELECT coalesce(sum(size), 0) FROM file").fetchone()
    return max(_LEAST_ROOM, int(size) // share)


def _taken(connection: sqlite3.Connection, table: str, column: str) -> int:
    (size,) = connection.execute(f"SELECT coalesce(sum(length({column})), 0) FROM {table}").fetchone()  # noqa: S608  our own names
    return int(size)


def _write(place: StorePlace, write: Callable[[sqlite3.Connection], int]) -> int:
    try:
        with write_lock(place, timeout=0.0):
            connection = open_reader(place)
            try:
                connection.execute("PRAGMA query_only=0")
                connection.executescript(SCHEMA)
                connection.execute("BEGIN IMMEDIATE")
                kept = write(connection)
                connection.execute("COMMIT")
                return kept
            finally:
                connection.close()  # rolls back what is not committed
    except (sqlite3.Error, StoreError, LockTimeoutError, OSError):
        return 0

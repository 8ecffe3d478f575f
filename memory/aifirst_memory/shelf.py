"""The shelf: records of contents seen before, so that a branch that comes back is not read and parsed again.

Filled when changed files are written after the first build. The records of a first build would take half of what
the sources do, and more than a second per hundred megabytes, for branches that may never come: the first switch to
one and back reads what differs twice, later ones read nothing. What was used longest ago goes first when the shelf is
full; that is at 16 MB, or at a quarter of what the sources take.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from typing import Final

SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS shelf_record (
        path TEXT NOT NULL, digest BLOB NOT NULL, variant TEXT NOT NULL, used INTEGER NOT NULL, bytes INTEGER NOT NULL,
        record BLOB NOT NULL, PRIMARY KEY (path, digest, variant));
    CREATE INDEX IF NOT EXISTS shelf_by_use ON shelf_record (used, bytes);
"""
MOST_BYTES: Final = 16_000_000
_SHARE = 4
"""One part in this many of the sources' bytes."""

_USE = "UPDATE shelf_record SET used = ? WHERE path = ? AND digest = ? AND variant = ?"

Key = tuple[str, str, str]
"""Path, SHA-256 of the content in hex, variant."""


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether there is nothing to find."""
    return connection.execute("SELECT 1 FROM shelf_record LIMIT 1").fetchone() is None


def take(connection: sqlite3.Connection, key: Key) -> bytes | None:
    """The encoded record of a content, None where it is not there. Raises `zlib.error` for a damaged one."""
    row = connection.execute(
        "SELECT record FROM shelf_record WHERE path = ? AND digest = ? AND variant = ?",
        (key[0], bytes.fromhex(key[1]), key[2]),
    ).fetchone()
    return zlib.decompress(row[0]) if row else None


def put(
    connection: sqlite3.Connection, records: Iterable[tuple[Key, bytes]], now: int, source_bytes: int
) -> None:
    """Keep encoded records, or note that they were used, at the time `now`, which only grows; in a transaction.

    `source_bytes` is what all files of the project take.
    """
    for (path, digest, variant), record in records:
        key = (path, bytes.fromhex(digest), variant)
        if connection.execute(_USE, (now, *key)).rowcount:
            continue
        packed = zlib.compress(record, 1)
        connection.execute("INSERT INTO shelf_record VALUES (?,?,?,?,?,?)", (*key, now, len(packed), packed))
    _make_room(connection, min(MOST_BYTES, source_bytes // _SHARE))


def _make_room(connection: sqlite3.Connection, room: int) -> None:
    (held,) = connection.execute("SELECT coalesce(sum(bytes), 0) FROM shelf_record").fetchone()
    over = held - room
    if over <= 0:
        return
    gone: list[tuple[int]] = []
    for row, size in connection.execute("SELECT rowid, bytes FROM shelf_record ORDER BY used, bytes, rowid"):
        if over <= 0:
            break
        gone.append((row,))
        over -= size
    connection.executemany("DELETE FROM shelf_record WHERE rowid = ?", gone)

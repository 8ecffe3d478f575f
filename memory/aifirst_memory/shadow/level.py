"""The shadow in the database: a row for every file that somebody asked for at a lower resolution.

There is no row before: an index that nobody asks so costs nothing. From then on the row of a file that changes
is made anew in the transaction that changes all levels, and a rename keeps it.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
from aifirst_codebase.discovery import FoundFile

from aifirst_memory.level import Change
from aifirst_memory.shadow.part import ShadowPart
from aifirst_memory.tree.level import units_of

SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS shadow_file (
        file_id INTEGER PRIMARY KEY, digest BLOB NOT NULL, maker TEXT NOT NULL, pack BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS shadow_text (
        key INTEGER PRIMARY KEY, number INTEGER NOT NULL, tokens INTEGER NOT NULL, text BLOB NOT NULL);
"""
_ONE_BY_ONE: Final = 50
"""So many files are looked up one by one; of more all rows are read."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]).decode


def pack(part: ShadowPart) -> bytes:
    """The texts of a part as they are kept; zlib's checksum tells what is damaged."""
    return zlib.compress(_encode((part.signatures, part.flows, part.key_lines)), 6)


def unpack(data: bytes, maker: str, units: int) -> ShadowPart | None:
    """The inverse of `pack`; None where it is damaged, or not of so many units."""
    try:
        columns = _decode(zlib.decompress(data))
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return ShadowPart(maker, *columns) if all(len(column) == units for column in columns) else None


def kept_paths(connection: sqlite3.Connection, wanted: Sequence[FoundFile]) -> frozenset[str]:
    """Those of the files that have a row, which is to be made anew when they are read."""
    if connection.execute("SELECT 1 FROM shadow_file LIMIT 1").fetchone() is None:
        return frozenset()
    query = "SELECT path FROM shadow_file JOIN file USING (file_id)"
    if len(wanted) > _ONE_BY_ONE:
        return frozenset(path for (path,) in connection.execute(query))
    one = f"{query} WHERE path = ?"
    return frozenset(file.path for file in wanted if connection.execute(one, (file.path,)).fetchone())


class ShadowLevel:
    """AICCL's texts of the files that were asked for."""

    name = "shadow"
    schema = SCHEMA

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Replace the rows of changed files; one that was only renamed keeps its."""
        if change.initial:
            return
        before = {file.file_id: file for file in change.removed}
        for file in change.added:
            old, stored = before.get(file.stored.file_id), file.stored
            is_same = old is not None and (old.digest, old.language) == (stored.digest, stored.language)
            if is_same and file.record.shadow is None:
                del before[stored.file_id]
        connection.executemany(
            "DELETE FROM shadow_file WHERE file_id = ?", [(file_id,) for file_id in before]
        )
        rows = [
            (file.stored.file_id, bytes.fromhex(file.stored.digest), part.maker, pack(part))
            for file in change.added
            if (part := file.record.shadow) is not None
        ]
        connection.executemany("INSERT OR REPLACE INTO shadow_file VALUES (?,?,?,?)", rows)

    def finish(self, connection: sqlite3.Connection) -> None:
        """Nothing piles up here."""

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """A line for each text of each unit of the files that have a row."""
        from aifirst_memory.shadow.texts import unit_texts  # which needs the compiler, and no index does

        for path, file_id, units, maker, data in connection.execute(
            "SELECT path, file_id, units, maker, s.pack FROM shadow_file s JOIN file USING (file_id) ORDER BY path"
        ):
            part = unpack(data, maker, units)
            if part is None:
                yield f"{path}\tdamaged"
                continue
            names = [unit.name for unit in units_of(connection, file_id)]
            for resolution in ("outline", "low", "medium"):
                for name, text in zip(names, unit_texts(part, resolution), strict=True):
                    yield f"{path}\t{resolution}\t{name}\t{text!r}"

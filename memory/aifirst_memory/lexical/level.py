"""The lexical index as a level: keeps base and delta up to date, and merges them where it pays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aifirst_memory.level import AddedFile, Change
    from aifirst_memory.lexical.stored import DeltaRow

_MERGE_SHARE = 0.1
"""Postings in the delta, as a share of those in the base, from which merging pays."""
FEW_POSTINGS, FEW_ROWS = 20_000, 50
"""A delta below both is never merged: reading it costs less."""


class LexicalLevel:
    """Which word stands where, for ranking by BM25."""

    name = "lexical"

    schema = """
        CREATE TABLE IF NOT EXISTS lexical_state (
            one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, sequence INTEGER NOT NULL);
        INSERT OR IGNORE INTO lexical_state VALUES (1, 0, 0);
        CREATE TABLE IF NOT EXISTS lexical_base (part TEXT PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS lexical_delta (
            file_id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, first_unit INTEGER NOT NULL,
            units INTEGER NOT NULL, path TEXT NOT NULL, postings INTEGER NOT NULL, data BLOB);
        CREATE INDEX IF NOT EXISTS lexical_delta_by_sequence ON lexical_delta (sequence);
    """

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Write one row a changed file."""
        from aifirst_memory.lexical.stored import DeltaRow, write_delta

        rows = {file.file_id: DeltaRow(file.file_id, None) for file in change.removed}
        rows.update((file.stored.file_id, _row(file)) for file in change.added)
        if rows:
            write_delta(connection, list(rows.values()), brief=change.initial)

    def finish(self, connection: sqlite3.Connection) -> None:
        """Merge the delta into the base where there was none, or where the delta has grown to a tenth of it."""
        rows, postings = connection.execute("SELECT COUNT(*), TOTAL(postings) FROM lexical_delta").fetchone()
        if not rows:
            return
        from aifirst_memory.lexical.stored import base_sizes, read_base, read_delta, write_base

        base_postings, base_files = base_sizes(connection)
        if base_files and rows < FEW_ROWS and postings < FEW_POSTINGS:
            return
        if postings >= _MERGE_SHARE * base_postings or rows >= _MERGE_SHARE * base_files:
            from aifirst_memory.lexical.merge import merge

            write_base(connection, merge(read_base(connection), read_delta(connection)))

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """Lines of path, index of the unit in its file, field, key of the word in hex and count; lengths too."""
        from aifirst_memory.lexical.dump import dump_lines

        return dump_lines(connection)


def _row(file: AddedFile) -> DeltaRow:
    from aifirst_memory.lexical.documents import IndexedFile
    from aifirst_memory.lexical.stored import DeltaRow

    stored = file.stored
    now = IndexedFile(stored.file_id, stored.first_unit, stored.units, stored.path, file.record.lexical)
    return DeltaRow(stored.file_id, now)

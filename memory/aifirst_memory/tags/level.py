"""Level 2 in the database: one row an anchor, found by value, by category or by file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from aifirst_memory.level import Change
from aifirst_memory.tags.part import Anchor


class PlacedAnchor(msgspec.Struct, frozen=True, gc=False):
    """An anchor with the file and the unit it stands in; `unit_id` is that of the index."""

    path: str
    unit_id: int
    anchor: Anchor


class TagsLevel:
    """Tags, tickets, markers and assembly lines."""

    name = "tags"
    schema = """
        CREATE TABLE IF NOT EXISTS tags_anchor (
            value TEXT NOT NULL, category TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL,
            file_id INTEGER NOT NULL, line INTEGER NOT NULL, unit INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS tags_by_value ON tags_anchor (value, category);
        CREATE INDEX IF NOT EXISTS tags_by_category ON tags_anchor (category, kind, file_id);
        CREATE INDEX IF NOT EXISTS tags_by_file ON tags_anchor (file_id);
    """

    def apply(self, connection: sqlite3.Connection, change: Change) -> None:
        """Replace the rows of the changed files."""
        if change.removed:
            gone = [(file.file_id,) for file in change.removed]
            connection.executemany("DELETE FROM tags_anchor WHERE file_id = ?", gone)
        rows = [
            (a.value, a.category, a.kind, a.role, a.text, file.stored.file_id, a.line, a.unit)
            for file in change.added
            for a in file.record.tags.anchors
        ]
        connection.executemany("INSERT INTO tags_anchor VALUES (?,?,?,?,?,?,?,?)", rows)

    def finish(self, connection: sqlite3.Connection) -> None:
        """Nothing piles up here."""

    def dump(self, connection: sqlite3.Connection) -> Iterator[str]:
        """One line an anchor."""
        for row in connection.execute(
            "SELECT path, line, kind, category, value, role, unit, text FROM tags_anchor JOIN file USING (file_id)"
            " ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"
        ):
            yield "\t".join(map(str, row))


_SELECT = """
    SELECT path, first_unit + unit, kind, category, value, role, text, line, unit
    FROM tags_anchor JOIN file USING (file_id) WHERE {} ORDER BY path, line, kind, category, value LIMIT ?
"""


def find_anchors(
    connection: sqlite3.Connection, *, value: str = "", category: str = "", kind: str = "", path: str = "",
    limit: int = 1000,
) -> list[PlacedAnchor]:  # fmt: skip
    """The anchors that meet every condition given, by path and line. `value` ending in `*` is a prefix."""
    conditions, parameters = ["1"], list[str | int]()
    if value.endswith("*"):
        conditions += ["value >= ?", "value < ?"]
        parameters += [value[:-1], value[:-1] + "\U0010ffff"]
    elif value:
        conditions.append("value = ?")
        parameters.append(value)
    for column, wanted in (("category", category), ("kind", kind), ("path", path)):
        if wanted:
            conditions.append(f"{column} = ?")
            parameters.append(wanted)
    query = _SELECT.format(" AND ".join(conditions))
    return [
        PlacedAnchor(row[0], row[1], Anchor(*row[2:]))
        for row in connection.execute(query, (*parameters, limit))
    ]


def shared_anchors(connection: sqlite3.Connection, path: str, limit: int = 200) -> list[PlacedAnchor]:
    """The tags and tickets of other files that name what the file at `path` names too."""
    query = """
        SELECT o.path, o.first_unit + b.unit, b.kind, b.category, b.value, b.role, b.text, min(b.line), b.unit
        FROM file f JOIN tags_anchor a USING (file_id)
        JOIN tags_anchor b ON b.value = a.value AND b.file_id != a.file_id JOIN file o ON o.file_id = b.file_id
        WHERE f.path = ? AND a.value != '' AND a.kind IN ('tag', 'ticket', 'assembly')
        GROUP BY o.path, b.unit, b.category, b.value ORDER BY o.path, min(b.line), b.category, b.value LIMIT ?
    """
    return [
        PlacedAnchor(row[0], row[1], Anchor(*row[2:])) for row in connection.execute(query, (path, limit))
    ]

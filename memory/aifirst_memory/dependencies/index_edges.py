"""What the index adds to the graph: edges of languages that no resolver reads, of pages and of tests by their names.

The index's own graph joins names, so these edges are less sure than those that a resolver finds, and say so. Which
files' edges are others than they were is told by what the index notes for its own snapshot.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Final

from aifirst_memory.dependencies.model import PACKAGE, TAG, TICKET
from aifirst_memory.dependencies.resolver import FoundEdge
from aifirst_memory.graph.edges import KINDS, TESTS, confidence_of

_FIRST_BESIDE: Final = TESTS
"""Of files that a resolver reads only the edges of this kind and of later ones are taken: `tests` and `documents`."""

IdsOf = Callable[[str], tuple[str, ...]]
"""The ids of the nodes of the file at a path, the file's first, in the order of its units; empty where it has none."""


class IndexGraph:
    """The index, open for reading, as the graph takes from it. One moment: use it inside a snapshot."""

    def __init__(self, connection: sqlite3.Connection, ids_of: IdsOf) -> None:
        self._connection = connection
        self._ids_of = ids_of
        self._packages: dict[int, str] = dict(
            connection.execute("SELECT package, name FROM graph_package").fetchall()
        )

    def edges_of(self, path: str, *, is_resolved: bool) -> list[FoundEdge]:
        """The edges that the index's graph has of a file, by ids; without those whose ends the graph does not know."""
        row = self._units_of(path)
        own = self._ids_of(path)
        if row is None or row[1] != len(own):
            return []
        first, units = row
        rows: list[tuple[int, int, int, int, int]] = self._connection.execute(
            "SELECT source, kind, target, line, way FROM graph_edge WHERE source BETWEEN ? AND ? AND kind >= ?",
            (first, first + units - 1, _FIRST_BESIDE if is_resolved else 0),
        ).fetchall()
        found: list[FoundEdge] = []
        for source, kind, target, line, way in rows:
            here, there = own[source - first], self._id(target)
            if there and there != here:
                found.append(FoundEdge(here, there, KINDS[kind], line, confidence_of(way)))
        return found

    def _units_of(self, path: str) -> tuple[int, int] | None:
        """The first unit of a file and how many; by the table of files, for the graph's has no index by path."""
        return self._connection.execute(
            "SELECT first, graph_file.units FROM file JOIN graph_file ON graph_file.file = file_id WHERE file.path = ?",
            (path,),
        ).fetchone()

    def _id(self, unit: int) -> str:
        if unit < 0:
            name = self._packages.get(-unit, "")
            return f"{PACKAGE}{name}" if name else ""
        row: tuple[str, int, int] | None = self._connection.execute(
            "SELECT path, first, units FROM graph_file WHERE first <= ? ORDER BY first DESC LIMIT 1", (unit,)
        ).fetchone()
        if row is None:
            return ""
        path, first, units = row
        ids = self._ids_of(path)
        return ids[unit - first] if len(ids) == units and unit - first < units else ""

    def leading_into(self, paths: Iterable[str]) -> set[str]:
        """The files with an edge into one of these."""
        found: set[str] = set()
        for path in paths:
            row = self._units_of(path)
            if row is None:
                continue
            sources = self._connection.execute(
                "SELECT DISTINCT source FROM graph_edge WHERE target BETWEEN ? AND ?",
                (row[0], row[0] + row[1] - 1),
            )
            for (source,) in sources.fetchall():
                owner = self._connection.execute(
                    "SELECT path FROM graph_file WHERE first <= ? ORDER BY first DESC LIMIT 1", (source,)
                ).fetchone()
                found.add(owner[0])
        return found

    def tag_edges_of(self, path: str) -> list[FoundEdge]:
        """What the tags and tickets of a file say: it `uses` a tag it mentions, a tag it defines `documents` it."""
        own = self._ids_of(path)
        rows: list[tuple[str, str, str, str, int, int]] = self._connection.execute(
            "SELECT kind, category, value, role, line, unit FROM tags_anchor JOIN file USING (file_id)"
            " WHERE path = ? AND kind IN ('tag', 'ticket') ORDER BY line, kind, category, value",
            (path,),
        ).fetchall()
        found: dict[tuple[str, str, str], FoundEdge] = {}
        for kind, category, value, role, line, unit in rows:
            tag = _tag_node(kind, category, value)
            if not tag or unit >= len(own):
                continue
            edge = (
                FoundEdge(tag, own[unit], "documents", line, 1.0)
                if role == "definition"
                else FoundEdge(own[unit], tag, "uses", line, 1.0)
            )
            found.setdefault((edge.source, edge.target, edge.kind), edge)
        return list(found.values())

    def state(self) -> tuple[str, set[str]]:
        """What names the moment from which changes are noted, and the paths of all that changed since."""
        row = self._connection.execute(
            "SELECT edges, length(data), hex(substr(data, -4)) FROM graph_snapshot"
        ).fetchone()
        since = "" if row is None else f"{row[0]} {row[1]} {row[2]}"
        paths = self._connection.execute("SELECT path FROM graph_delta JOIN graph_file USING (file)")
        return since, {path for (path,) in paths}


def _tag_node(kind: str, category: str, value: str) -> str:
    """The id of the node of a tag or a ticket; "" for a ticket without a name."""
    if kind == "ticket" or category == "TICKET":
        return f"{TICKET}{value}" if value else ""
    return f"{TAG}{category}:{value}" if value else f"{TAG}{category}"

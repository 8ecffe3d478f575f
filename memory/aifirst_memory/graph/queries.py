"""Questions to the stored graph, answered from the database row by row: for one unit or file at a time.

Ids are those of units; a file is its unit 0, a package has a negative id. Every answer is ordered: surest first,
then by id, so that equal graphs answer equally. What needs the whole graph at once is `reader`'s.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from aifirst_memory.graph.edges import CALLS, INHERITS, KINDS, TESTS, USES, EdgeKind, confidence_of
from aifirst_memory.graph.scope import unpack_facts

Direction = Literal["out", "in", "both"]
_FILE_OF = "(SELECT file FROM graph_file WHERE first <= {} ORDER BY first DESC LIMIT 1)"
_MOST_VISITED = 20_000


class Neighbour(msgspec.Struct, frozen=True, gc=False):
    """The other end of an edge. `outgoing` says that the unit asked about is its source, so depends on it."""

    unit: int
    kind: EdgeKind
    outgoing: bool
    line: int
    count: int
    confidence: float


class Reached(msgspec.Struct, frozen=True, gc=False):
    """A file reached from another in `depth` steps; `file` is its id in the tree."""

    file: int
    depth: int


class Node(msgspec.Struct, frozen=True, gc=False):
    """What an id stands for: a unit of a file (`name` empty for the file itself), or a package without a path."""

    path: str
    name: str


def callers(connection: sqlite3.Connection, unit: int, *, least: float = 0.0) -> list[Neighbour]:
    """The units that call the unit, at this confidence or a better one."""
    return neighbours(connection, unit, kinds=("calls",), direction="in", least=least)


def callees(connection: sqlite3.Connection, unit: int, *, least: float = 0.0) -> list[Neighbour]:
    """The units that the unit calls, at this confidence or a better one."""
    return neighbours(connection, unit, kinds=("calls",), direction="out", least=least)


def neighbours(
    connection: sqlite3.Connection,
    unit: int,
    *,
    kinds: Sequence[EdgeKind] = KINDS,
    direction: Direction = "both",
    least: float = 0.0,
    whole_file: bool = False,
) -> list[Neighbour]:
    """The edges at a unit; with `whole_file` those at all units of its file that leave the file."""
    first, last = _range_of(connection, unit) if whole_file else (unit, unit)
    found: list[Neighbour] = []
    for here, there, outgoing in (("source", "target", True), ("target", "source", False)):
        if direction == ("in" if outgoing else "out"):
            continue
        rows: list[tuple[int, int, int, int, int]] = connection.execute(
            f"SELECT {there}, kind, MIN(line), SUM(count), MIN(way) FROM graph_edge"  # noqa: S608  two fixed column names
            f" WHERE {here} BETWEEN ? AND ? GROUP BY {there}, kind",
            (first, last),
        ).fetchall()
        for other, kind, line, count, way in rows:
            confidence = confidence_of(way)
            if KINDS[kind] in kinds and confidence >= least and not (whole_file and first <= other <= last):
                found.append(Neighbour(other, KINDS[kind], outgoing, line, count, confidence))
    found.sort(key=lambda n: (-n.confidence, not n.outgoing, n.unit, n.kind))
    return found


def covering_tests(connection: sqlite3.Connection, unit: int) -> list[Neighbour]:
    """The units of test files that are named after the unit, call it, take it by name or derive from it."""
    rows: list[tuple[int, int, int, int, int, int]] = connection.execute(
        "SELECT source, kind, line, count, way, (SELECT test FROM graph_file WHERE first <= source"
        " ORDER BY first DESC LIMIT 1) FROM graph_edge WHERE target = ? AND kind IN (?, ?, ?, ?)",
        (unit, TESTS, CALLS, USES, INHERITS),
    ).fetchall()
    best: dict[int, Neighbour] = {}
    for source, _, line, count, way, test in rows:
        known = best.get(source)
        if test and (known is None or confidence_of(way) > known.confidence):
            best[source] = Neighbour(source, "tests", False, line, count, confidence_of(way))
    return sorted(best.values(), key=lambda n: (-n.confidence, n.unit))


def dependencies(connection: sqlite3.Connection, file: int, *, depth: int = 1) -> list[Reached]:
    """The files that a file depends on, by any kind of edge, up to a depth; nearest first, then by id."""
    return _reach(connection, file, "source", "target", depth)


def dependents(connection: sqlite3.Connection, file: int, *, depth: int = 1) -> list[Reached]:
    """The files that depend on a file, by any kind of edge, up to a depth; nearest first, then by id."""
    return _reach(connection, file, "target", "source", depth)


def _reach(connection: sqlite3.Connection, file: int, here: str, there: str, depth: int) -> list[Reached]:
    query = (
        f"SELECT DISTINCT {_FILE_OF.format(there)} FROM graph_edge, graph_file"  # noqa: S608  fixed column names
        f" WHERE graph_file.file = ? AND {here} BETWEEN first AND first + units - 1 AND {there} > 0"
    )
    depths = {file: 0}
    frontier = [file]
    for step in range(1, depth + 1):
        following: set[int] = set()
        for at in frontier:
            rows: list[tuple[int]] = connection.execute(query, (at,)).fetchall()
            following.update(other for (other,) in rows if other not in depths)
        if len(depths) + len(following) > _MOST_VISITED:
            break
        frontier = sorted(following)
        depths.update(dict.fromkeys(frontier, step))
    del depths[file]
    return [
        Reached(other, step) for other, step in sorted(depths.items(), key=lambda item: (item[1], item[0]))
    ]


def path_between(
    connection: sqlite3.Connection, source: int, target: int, *, least: float = 0.5, depth: int = 8
) -> list[Neighbour]:
    """The fewest edges that lead from one unit to another, the last one ending at `target`; empty where none do.

    Among paths of one length the one whose units have the smaller ids is taken.
    """
    came: dict[int, tuple[int, Neighbour]] = {}
    frontier = [source]
    for _ in range(depth):
        following: list[int] = []
        for at in frontier:
            for edge in neighbours(connection, at, direction="out", least=least):
                if edge.unit not in came and edge.unit != source and edge.unit > 0:
                    came[edge.unit] = at, edge
                    following.append(edge.unit)
        if target in came or len(came) > _MOST_VISITED:
            break
        frontier = sorted(following)
    found: list[Neighbour] = []
    at = target
    while at in came:
        at, edge = came[at]
        found.append(edge)
    return found[::-1]


def nodes(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Node]:
    """What ids stand for; those that stand for nothing are left out."""
    found: dict[int, Node] = {}
    files: dict[int, tuple[str, tuple[str, ...]]] = {}
    for unit in sorted(set(ids)):
        if unit < 0:
            named = connection.execute(
                "SELECT name FROM graph_package WHERE package = ?", (-unit,)
            ).fetchone()
            if named is not None:
                found[unit] = Node("", f"package:{named[0]}")
            continue
        row = connection.execute(
            "SELECT file, path, first FROM graph_file WHERE first <= ? ORDER BY first DESC LIMIT 1", (unit,)
        ).fetchone()
        if row is None:
            continue
        file: int = row[0]
        first: int = row[2]
        if file not in files:
            path: str = row[1]
            (facts,) = connection.execute("SELECT facts FROM graph_facts WHERE file = ?", (file,)).fetchone()
            files[file] = path, unpack_facts(facts).names
        path, names = files[file]
        if unit - first < len(names):
            found[unit] = Node(path, names[unit - first])
    return found


def _range_of(connection: sqlite3.Connection, unit: int) -> tuple[int, int]:
    row = connection.execute(
        "SELECT first, first + units - 1 FROM graph_file WHERE first <= ? ORDER BY first DESC LIMIT 1",
        (unit,),
    ).fetchone()
    return (unit, unit) if row is None or unit > row[1] else (row[0], row[1])

"""Arrays made of what was fetched of a graph: the same questions then give the same answers as on the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from aifirst_memory.dependencies.model import NODE_KINDS, Node
from aifirst_memory.dependencies.neo4j.statements import KINDS_BY_TYPE
from aifirst_memory.dependencies.questions.arrays import (
    KIND_NUMBER,
    EdgeColumns,
    GraphArrays,
    without_repeats,
)

_TYPE_NUMBER = {name: KIND_NUMBER[kind] for name, kind in KINDS_BY_TYPE.items()}
_NODE_NUMBER = {kind: number for number, kind in enumerate(NODE_KINDS)}


class FetchedEdges:
    """Columns of edges as the server gives them, answer by answer."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.targets: list[str] = []
        self._kinds: list[int] = []
        self._paths: list[str] = []
        self._lines: list[int] = []
        self._confidences: list[float] = []

    def add(self, record: Mapping[str, Any]) -> None:
        """Take over one answer."""
        self.sources += record["source"]
        self.targets += record["target"]
        self._kinds += [_TYPE_NUMBER[name] for name in record["kind"]]
        self._paths += record["path"]
        self._lines += record["line"]
        self._confidences += record["confidence"]

    def columns(self, positions: Mapping[str, int]) -> tuple[EdgeColumns, list[str]]:
        """The edges between nodes at these positions, no edge twice, and the paths that they stand in."""
        paths = sorted(set(self._paths))
        place = {path: number for number, path in enumerate(paths)}
        columns = EdgeColumns(
            np.fromiter((positions[id] for id in self.sources), np.int32, len(self.sources)),
            np.fromiter((positions[id] for id in self.targets), np.int32, len(self.targets)),
            np.array(self._kinds, np.int32),
            np.fromiter((place[path] for path in self._paths), np.int32, len(self._paths)),
            np.array(self._lines, np.int32),
            np.array(self._confidences, np.float64),
        )
        return without_repeats(columns, len(positions)), paths


def arrays_of_edges(
    edges: FetchedEdges, ids: Iterable[str] = (), parents: Mapping[str, str] | None = None
) -> GraphArrays:
    """Arrays of edges with their ends, of further nodes by id, and of what lies in what as far as that is told."""
    above = parents or {}
    names = sorted({*edges.sources, *edges.targets, *ids, *above.keys(), *above.values()})
    positions = {id: place for place, id in enumerate(names)}
    columns, paths = edges.columns(positions)
    lies_in = np.full(len(names), -1, np.int32)
    for id, parent in above.items():
        lies_in[positions[id]] = positions[parent]
    kinds = np.zeros(len(names), np.int8)
    return _made(names, kinds, lies_in, paths, columns, _unknown, np.zeros(len(names), np.uint8), positions)


def arrays_of_graph(
    nodes: Sequence[Mapping[str, Any]], edges: FetchedEdges, entry_points: Sequence[str]
) -> GraphArrays:
    """Arrays of a whole graph, of its nodes as they are stored."""
    rows = sorted(nodes, key=lambda row: row["id"])
    names: list[str] = [row["id"] for row in rows]
    positions = {id: place for place, id in enumerate(names)}
    known = [node_of(row) for row in rows]
    lies_in = np.array([positions.get(row["parent"], -1) for row in rows], np.int32)
    kinds = np.array([_NODE_NUMBER[row["kind"]] for row in rows], np.int8)
    marks = np.array([row["marks"] for row in rows], np.uint8)
    columns, paths = edges.columns(positions)
    return _made(
        names, kinds, lies_in, paths, columns, _Known(known), marks, positions,
        tuple(entry_points),
    )  # fmt: skip


def _made(*arguments: Any) -> GraphArrays:
    names, kinds, lies_in, paths, columns, nodes, marks, positions, *entry_points = arguments
    found = GraphArrays(names, kinds, lies_in, paths, columns, nodes, marks, *entry_points)
    found.positions = positions
    return found


class _Known:
    """Nodes that were fetched, by position."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes

    def __call__(self, chosen: Sequence[int]) -> list[Node]:
        return [self._nodes[place] for place in chosen]


def node_of(row: Mapping[str, Any]) -> Node:
    """A node as it is stored."""
    return Node(**{name: row[name] for name in Node.__struct_fields__})


def _unknown(chosen: Sequence[int]) -> list[Node]:
    raise AssertionError(f"nodes {list(chosen)} were not fetched")

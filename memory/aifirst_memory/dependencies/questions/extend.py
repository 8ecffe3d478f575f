"""A graph with nodes and edges more than are stored, for questions about what is there no longer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import NODE_KINDS, Edge, Node
from aifirst_memory.dependencies.questions.arrays import (
    KIND_NUMBER,
    EdgeColumns,
    GraphArrays,
    without_repeats,
)


def extended(graph: GraphArrays, nodes: Sequence[Node], edges: Sequence[Edge]) -> GraphArrays:
    """The graph with these nodes and edges too; edges whose ends are in neither are left out.

    New nodes lie in nothing. What the graph has already stays as it is.
    """
    new = {node.id: node for node in nodes if node.id not in graph.positions}
    ids = sorted([*graph.ids, *new])
    place = {id: position for position, id in enumerate(ids)}
    moved = np.fromiter((place[id] for id in graph.ids), np.int32, len(graph.ids))
    kinds = np.zeros(len(ids), np.int8)
    kinds[moved] = graph.kinds
    for id, node in new.items():
        kinds[place[id]] = NODE_KINDS.index(node.kind)
    parents = np.full(len(ids), -1, np.int32)
    parents[moved] = np.where(graph.parents >= 0, moved[graph.parents], -1)
    marks = np.zeros(len(ids), np.uint8)
    marks[moved] = graph.marks
    known = [edge for edge in edges if edge.source in place and edge.target in place]
    paths = sorted({*graph.paths, *(edge.path for edge in known)})
    columns = _joined(graph, moved, known, place, {path: number for number, path in enumerate(paths)})
    stored = np.full(len(ids), -1, np.int64)
    stored[moved] = np.arange(len(graph.ids))

    def take(positions: Sequence[int]) -> list[Node]:
        found: list[Node] = []
        for position in positions:
            own = new.get(ids[position])
            found.append(graph.nodes([int(stored[position])])[0] if own is None else own)
        return found

    return GraphArrays(
        ids, kinds, parents, paths, without_repeats(columns, len(ids)), take, marks, graph.entry_points
    )


def _joined(
    graph: GraphArrays,
    moved: NDArray[np.int32],
    more: Sequence[Edge],
    place: dict[str, int],
    numbers: dict[str, int],
) -> EdgeColumns:
    """The columns of both, at their new places."""
    own = graph.edges
    lies = np.fromiter((numbers[path] for path in graph.paths), np.int32, len(graph.paths))
    return EdgeColumns(
        np.concatenate((moved[own.source], np.array([place[edge.source] for edge in more], np.int32))),
        np.concatenate((moved[own.target], np.array([place[edge.target] for edge in more], np.int32))),
        np.concatenate((own.kind, np.array([KIND_NUMBER[edge.kind] for edge in more], np.int32))),
        np.concatenate((lies[own.paths], np.array([numbers[edge.path] for edge in more], np.int32))),
        np.concatenate((own.line, np.array([edge.line for edge in more], np.int32))),
        np.concatenate((own.confidence, np.array([edge.confidence for edge in more], np.float64))),
    )

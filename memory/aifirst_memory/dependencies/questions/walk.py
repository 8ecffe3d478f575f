"""Who calls whom, and the shortest way from one node to another: breadth first, one edge for each node reached."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import Edge, EdgeKind
from aifirst_memory.dependencies.questions.answers import DEPENDENCE_KINDS, Reached
from aifirst_memory.dependencies.questions.arrays import GraphArrays, kind_mask


def reach(graph: GraphArrays, id: str, depth: int, *, callers: bool) -> tuple[Reached, ...]:
    """See `GraphStore.callers` and `GraphStore.callees`."""
    start = graph.positions.get(id)
    if start is None:
        return ()
    edges, calls = graph.edges, kind_mask(("calls",))
    seen = np.zeros(len(graph), np.bool_)
    seen[start] = True
    frontier = np.array([start], np.int64)
    found: list[Reached] = []
    for distance in range(1, depth + 1):
        rows = graph.rows_into(frontier) if callers else graph.rows_from(frontier)
        rows = rows[calls[edges.kind[rows]]]
        here, there = (edges.source, edges.target) if callers else (edges.target, edges.source)
        rows = rows[~seen[here[rows]]]
        rows = _firsts(here[rows], rows, (there[rows], -edges.confidence[rows], here[rows]))
        frontier = here[rows].astype(np.int64)
        if not len(frontier):
            break
        seen[frontier] = True
        nodes: list[int] = frontier.tolist()
        found += [
            Reached(graph.ids[node], distance, edge)
            for node, edge in zip(nodes, graph.edge_list(rows), strict=True)
        ]
    return tuple(found)


def shortest_path(
    graph: GraphArrays, source: str, target: str, kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
) -> tuple[Edge, ...]:
    """See `GraphStore.shortest_path`."""
    start, end = graph.positions.get(source), graph.positions.get(target)
    if start is None or end is None or start == end:
        return ()
    edges, wanted = graph.edges, kind_mask(kinds)
    came = np.full(len(graph), -1, np.int64)
    seen = np.zeros(len(graph), np.bool_)
    seen[start] = True
    frontier = np.array([start], np.int64)
    while len(frontier) and not seen[end]:
        rows = graph.rows_from(frontier)
        rows = rows[wanted[edges.kind[rows]] & ~seen[edges.target[rows]]]
        keys = (edges.kind[rows], -edges.confidence[rows], edges.source[rows], edges.target[rows])
        rows = _firsts(edges.target[rows], rows, keys)
        frontier = edges.target[rows].astype(np.int64)
        came[frontier] = rows
        seen[frontier] = True
    path: list[int] = []
    at = end
    while at != start and came[at] >= 0:
        path.append(int(came[at]))
        at = int(edges.source[path[-1]])
    return tuple(graph.edge_list(np.array(path[::-1], np.int64)))


def _firsts(
    nodes: NDArray[np.int32], rows: NDArray[np.int64], keys: tuple[NDArray[np.generic], ...]
) -> NDArray[np.int64]:
    """The first row of each node, ascending by node; `keys` as for `numpy.lexsort`, the node itself the last."""
    order = np.lexsort(keys)
    return rows[order[np.diff(nodes[order], prepend=-1) != 0]]

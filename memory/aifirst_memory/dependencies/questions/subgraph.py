"""A part of the graph around some nodes, at a level."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.questions.answers import Level, View
from aifirst_memory.dependencies.questions.arrays import GraphArrays
from aifirst_memory.dependencies.questions.fold import FoldedEdges, choose_edges, places_at, view_of


def subgraph(
    graph: GraphArrays,
    around: Collection[str],
    depth: int = 1,
    kinds: Collection[EdgeKind] | None = None,
    level: Level = "unit",
) -> View:
    """See `GraphStore.subgraph`."""
    at = places_at(graph, level)
    folded = FoldedEdges(graph, at, choose_edges(graph, kinds), by_kind=True)
    inside = np.zeros(len(graph), np.bool_)
    inside[[at[graph.positions[id]] for id in around if id in graph.positions]] = True
    for _ in range(depth):
        reached = inside.copy()
        reached[folded.target[inside[folded.source]]] = True
        reached[folded.source[inside[folded.target]]] = True
        if (reached == inside).all():
            break
        inside = reached
    shown = inside[folded.source] & inside[folded.target]
    return view_of(graph, np.flatnonzero(inside), folded, shown, level)

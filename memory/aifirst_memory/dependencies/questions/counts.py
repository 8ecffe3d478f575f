"""How many nodes and edges of each kind there are, counted without looking at a single one."""

from __future__ import annotations

import numpy as np

from aifirst_memory.dependencies.model import EDGE_KINDS, NODE_KINDS, path_of
from aifirst_memory.dependencies.questions.answers import Counts
from aifirst_memory.dependencies.questions.arrays import GraphArrays


def counts(graph: GraphArrays, below: str = "", least: float = 0.0) -> Counts:
    """See `GraphStore.counts`."""
    kinds, edges = graph.kinds, graph.edges
    stays = edges.confidence >= least
    if below:
        inside = np.fromiter((_lies_below(id, below) for id in graph.ids), np.bool_, len(graph.ids))
        kinds = kinds[inside]
        stays &= inside[edges.source] & inside[edges.target]
    nodes = np.bincount(kinds, minlength=len(NODE_KINDS)).tolist()
    found = np.bincount(edges.kind[stays], minlength=len(EDGE_KINDS)).tolist()
    return Counts(
        {kind: count for kind, count in zip(NODE_KINDS, nodes, strict=True) if count},
        {kind: count for kind, count in zip(EDGE_KINDS, found, strict=True) if count},
    )


def _lies_below(id: str, folder: str) -> bool:
    path = path_of(id).rstrip("/")
    return path == folder or path.startswith(f"{folder}/")

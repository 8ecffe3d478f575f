"""The graph at a level: units folded into their files, files into their folders, with what lies among them counted."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import EDGE_KINDS, EdgeKind, Graph
from aifirst_memory.dependencies.questions.answers import Level, View
from aifirst_memory.dependencies.questions.arrays import (
    FILE,
    FOLDER,
    EdgeColumns,
    GraphArrays,
    kind_mask,
)


class FoldedEdges:
    """Edges between the nodes of a level by source, target and kind; `counts` and `rows` go with them.

    `rows` are the rows of the surest edge that each stands for, of several the first.
    """

    def __init__(
        self, graph: GraphArrays, at: NDArray[np.int32], chosen: NDArray[np.int64], *, by_kind: bool
    ) -> None:
        edges = graph.edges.take(chosen)
        source, target = at[edges.source], at[edges.target]
        stays = source != target
        source, target, rows = source[stays], target[stays], chosen[stays]
        kinds = len(EDGE_KINDS) if by_kind else 1
        kind = edges.kind[stays] if by_kind else np.zeros(len(rows), np.int32)
        key = (source.astype(np.int64) * len(graph) + target) * kinds + kind
        order = np.lexsort((rows, -edges.confidence[stays], key))
        key = key[order]
        firsts = np.flatnonzero(np.diff(key, prepend=-1))
        self.rows: NDArray[np.int64] = rows[order][firsts]
        self.source: NDArray[np.int32] = source[order][firsts]
        self.target: NDArray[np.int32] = target[order][firsts]
        self.kind: NDArray[np.int32] = kind[order][firsts]
        self.counts: NDArray[np.int64] = np.diff(firsts, append=len(key))

    def __len__(self) -> int:
        return len(self.rows)


def places_at(graph: GraphArrays, level: Level) -> NDArray[np.int32]:
    """For every node the node that stands for it at a level. A file at the top of the project stands for itself."""
    at = np.arange(len(graph), dtype=np.int32)
    if level == "unit":
        return at
    is_code = graph.files >= 0
    at[is_code] = graph.files[is_code]
    if level == "file":
        return at
    files = np.flatnonzero(graph.kinds == FILE)
    to = np.arange(len(graph), dtype=np.int32)
    has_folder = graph.parents[files] >= 0
    to[files[has_folder]] = graph.parents[files[has_folder]]
    return to[at]


def choose_edges(
    graph: GraphArrays, kinds: Collection[EdgeKind] | None = None, least: float = 0.0
) -> NDArray[np.int64]:
    """The rows of the edges of some kinds that are sure enough."""
    edges = graph.edges
    chosen = edges.confidence >= least
    if kinds is not None:
        chosen &= kind_mask(kinds)[edges.kind]
    return np.flatnonzero(chosen)


def level_nodes(graph: GraphArrays, at: NDArray[np.int32]) -> NDArray[np.int64]:
    """The nodes that stand for others or themselves; folders are always shown."""
    shown = np.zeros(len(graph), np.bool_)
    shown[at] = True
    shown[graph.kinds == FOLDER] = True
    return np.flatnonzero(shown)


def whole(graph: GraphArrays, level: Level) -> View:
    """See `GraphStore.whole`."""
    at = places_at(graph, level)
    chosen = np.arange(len(graph.edges))
    folded = FoldedEdges(graph, at, chosen, by_kind=True)
    return view_of(graph, level_nodes(graph, at), folded, np.ones(len(folded), np.bool_), level)


def view_of(
    graph: GraphArrays, nodes: NDArray[np.int64], folded: FoldedEdges, shown: NDArray[np.bool_], level: Level
) -> View:
    """The nodes and the shown ones of the folded edges."""
    at = np.flatnonzero(shown)
    originals = graph.edges.take(folded.rows[at])
    columns = EdgeColumns(
        folded.source[at],
        folded.target[at],
        folded.kind[at],
        originals.paths,
        originals.line,
        originals.confidence,
    )
    edges = graph.listed(columns)
    return View(
        Graph(tuple(graph.nodes(nodes.tolist())), tuple(edges)), tuple(folded.counts[at].tolist()), level
    )

"""How the parts of a project hang together: cycles among them, their layers, and the nodes that much hangs on."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.questions.answers import (
    DEPENDENCE_KINDS,
    Cycle,
    Hub,
    Layers,
    Level,
    Link,
)
from aifirst_memory.dependencies.questions.arrays import FOLDER, KIND_NUMBER, PACKAGE, GraphArrays
from aifirst_memory.dependencies.questions.components import Numbers, components, layers_of
from aifirst_memory.dependencies.questions.cut_cycles import links_to_cut
from aifirst_memory.dependencies.questions.fold import FoldedEdges, choose_edges, level_nodes, places_at

_MAY_RUN = 0.6
"""How sure a call is at most of a method that may run in place of the one that is named."""
_DAMPING = 0.85
_ROUNDS = 50


class LevelLinks:
    """The links among the project's own nodes at a level; `nodes` are their positions, ascending.

    Calls of what was handed over, and of what merely may run, are no part of how a project is built.
    """

    def __init__(self, graph: GraphArrays, level: Level, kinds: Collection[EdgeKind], least: float) -> None:
        self._graph = graph
        at = places_at(graph, level)
        folded = FoldedEdges(graph, at, _built_on(graph, choose_edges(graph, kinds, least)), by_kind=False)
        own = (graph.kinds[folded.source] < PACKAGE) & (graph.kinds[folded.target] < PACKAGE)
        self.source: Numbers = folded.source[own].astype(np.int64)
        self.target: Numbers = folded.target[own].astype(np.int64)
        self.counts = folded.counts[own]
        self._rows = folded.rows[own]
        shown = level_nodes(graph, at)
        is_shown = graph.kinds[shown] < PACKAGE
        if level != "folder":
            is_shown &= graph.kinds[shown] != FOLDER
        self.nodes: Numbers = shown[is_shown]

    def links(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> tuple[Link, ...]:
        """The chosen links, by source and target."""
        ids = self._graph.ids
        rows: list[tuple[int, int, int]] = list(
            zip(
                self.source[chosen].tolist(),
                self.target[chosen].tolist(),
                self.counts[chosen].tolist(),
                strict=True,
            )
        )
        edges = self._graph.edge_list(self._rows[chosen])
        return tuple(
            Link(ids[source], ids[target], count, edge)
            for (source, target, count), edge in zip(rows, edges, strict=True)
        )

    def components(self) -> Numbers:
        """The component of every node of the graph, named by its smallest node."""
        return components(len(self._graph), self.source, self.target)

    def inner(self, owner: Numbers) -> list[NDArray[np.int64]]:
        """For each component with links inside, ascending by its smallest node, the numbers of these links."""
        inside = np.flatnonzero(owner[self.source] == owner[self.target])
        inside = inside[np.argsort(owner[self.source[inside]], kind="stable")]
        if not len(inside):
            return []
        owners = owner[self.source[inside]]
        return np.split(inside, np.flatnonzero(np.diff(owners)) + 1)

    def cut(self, links: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of the links inside a component those to cut."""
        sources: list[int] = self.source[links].tolist()
        targets: list[int] = self.target[links].tolist()
        counts: list[int] = self.counts[links].tolist()
        pairs = list(zip(sources, targets, strict=True))
        wanted = set(links_to_cut(dict(zip(pairs, counts, strict=True))))
        return links[np.array([pair in wanted for pair in pairs], np.bool_)]


def _built_on(graph: GraphArrays, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the rows that say what somebody wrote the code to depend on."""
    edges = graph.edges
    may_run = (edges.kind[rows] == KIND_NUMBER["calls"]) & (edges.confidence[rows] <= _MAY_RUN)
    return rows[~may_run & ~graph.handed_over[rows]]


def cycles(
    graph: GraphArrays,
    level: Level = "file",
    kinds: Collection[EdgeKind] = DEPENDENCE_KINDS,
    least: float = 0.0,
) -> tuple[Cycle, ...]:
    """See `GraphStore.cycles`."""
    level_links = LevelLinks(graph, level, kinds, least)
    found: list[Cycle] = []
    for links in level_links.inner(level_links.components()):
        nodes = graph.names(np.unique(level_links.source[links]))
        cut = level_links.links(level_links.cut(links))
        found.append(Cycle(nodes, len(links), cut))
    return tuple(sorted(found, key=lambda cycle: (-len(cycle.nodes), cycle.nodes[0])))


def layers(
    graph: GraphArrays,
    level: Level = "file",
    kinds: Collection[EdgeKind] = DEPENDENCE_KINDS,
    least: float = 0.0,
) -> Layers:
    """See `GraphStore.layers`."""
    links = LevelLinks(graph, level, kinds, least)
    owner = links.components()
    linked = np.unique(np.concatenate((links.source, links.target)))
    layer = layers_of(len(graph), links.source, links.target, owner)[linked]
    order = np.argsort(layer, kind="stable")
    starts = np.flatnonzero(np.diff(layer[order], prepend=-1))
    parts = np.split(linked[order], starts[1:]) if len(order) else []
    found = tuple(graph.names(part) for part in parts)
    return Layers(found, links.links(_against_folders(graph, links, kinds, least)))


def _against_folders(
    graph: GraphArrays, links: LevelLinks, kinds: Collection[EdgeKind], least: float
) -> NDArray[np.int64]:
    """The links between folders that are cut to leave the folders without cycles, at the level of `links`."""
    folders = LevelLinks(graph, "folder", kinds, least)
    cut = [folders.cut(inner) for inner in folders.inner(folders.components())]
    if not cut:
        return np.zeros(0, np.int64)
    rows = np.concatenate(cut)
    size = len(graph)
    wanted = folders.source[rows] * size + folders.target[rows]
    at = places_at(graph, "folder").astype(np.int64)
    same = graph.parents[links.source] == graph.parents[links.target]
    return np.flatnonzero(np.isin(at[links.source] * size + at[links.target], wanted) & ~same)


def hubs(
    graph: GraphArrays, k: int = 20, level: Level = "unit", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
) -> tuple[Hub, ...]:
    """See `GraphStore.hubs`."""
    links = LevelLinks(graph, level, kinds, 0.0)
    count = len(links.nodes)
    if not count:
        return ()
    source = np.searchsorted(links.nodes, links.source)
    target = np.searchsorted(links.nodes, links.target)
    incoming = np.bincount(target, minlength=count)
    outgoing = np.bincount(source, minlength=count)
    rank = np.full(count, 1 / count)
    share = _DAMPING / np.maximum(outgoing, 1)
    for _ in range(_ROUNDS):
        handed = np.bincount(target, (rank * share)[source], minlength=count)
        rank = handed + (1 - handed.sum()) / count
    rank = np.round(rank, 12)
    best: list[int] = np.lexsort((np.arange(count), -rank))[:k].tolist()
    return tuple(
        Hub(graph.ids[int(links.nodes[at])], int(incoming[at]), int(outgoing[at]), float(rank[at]))
        for at in best
    )

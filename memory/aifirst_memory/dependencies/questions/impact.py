"""What a change may break: everything that depends on some nodes, with how far away and how surely.

Round by round, each follows the edges into what became surer in the last one, so that after k rounds a node's
confidence is that of its surest path of at most k edges (Bellman and Ford, with products).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.questions.answers import IMPACT_KINDS, LIKELY, Dependent, Impact
from aifirst_memory.dependencies.questions.arrays import KIND_NUMBER, GraphArrays, kind_mask

_IMPORTS = KIND_NUMBER["imports"]


def impact(
    graph: GraphArrays,
    ids: Collection[str],
    depth: int | None = None,
    kinds: Collection[EdgeKind] = IMPACT_KINDS,
    least: float = LIKELY,
) -> Impact:
    """See `GraphStore.impact`."""
    seeds = with_content(graph, ids)
    spread = _Spread(graph, seeds)
    step = 0
    while len(spread.frontier) and (depth is None or step < depth):
        step += 1
        spread.advance(kind_mask(kinds), least, step)
    return Impact(graph.names(seeds), spread.dependents())


def with_content(graph: GraphArrays, ids: Collection[str]) -> NDArray[np.int64]:
    """The nodes of these ids with all that lies in them, ascending."""
    first = [graph.positions[id] for id in ids if id in graph.positions]
    chosen = np.zeros(len(graph), np.bool_)
    chosen[first] = True
    children = graph.children_of(np.array(sorted(first), np.int64))
    while len(children):
        children = children[~chosen[children]]
        chosen[children] = True
        children = graph.children_of(children)
    return np.flatnonzero(chosen)


class _Spread:
    """How far a change has spread. Arrays are by position; `via` holds the rows of edges."""

    def __init__(self, graph: GraphArrays, seeds: NDArray[np.int64]) -> None:
        self._graph = graph
        self._is_seed = np.zeros(len(graph), np.bool_)
        self._is_seed[seeds] = True
        self._confidence = np.zeros(len(graph))
        self._passing = np.zeros(len(graph))
        """The confidence with which a change is passed on: not by what merely imports."""
        self._passing[seeds] = 1.0
        self._distance = np.zeros(len(graph), np.int32)
        self._via = np.full(len(graph), -1, np.int64)
        self.frontier = seeds

    def advance(self, kinds: NDArray[np.bool_], least: float, step: int) -> None:
        """Follow the edges into the frontier; what they make surer to be passed on is the next one."""
        edges = self._graph.edges
        rows = self._graph.rows_into(self.frontier)
        values = self._passing[edges.target[rows]] * edges.confidence[rows]
        wanted = kinds[edges.kind[rows]] & (values >= least) & ~self._is_seed[edges.source[rows]]
        wanted &= ~self._graph.handed_over[rows]
        rows, values = rows[wanted], values[wanted]
        passing = edges.kind[rows] != _IMPORTS
        self._improve(rows, values, step)
        self.frontier = self._pass_on(edges.source[rows[passing]], values[passing])

    def _improve(self, rows: NDArray[np.int64], values: NDArray[np.float64], step: int) -> None:
        """Take over what is surer than before; of equally sure edges the first by target and kind counts."""
        sources = self._graph.edges.source[rows]
        better = values > self._confidence[sources]
        rows, values, sources = rows[better], values[better], sources[better]
        if not len(rows):
            return
        order = np.argsort(sources, kind="stable")
        rows, values, sources = rows[order], values[order], sources[order]
        starts = np.flatnonzero(np.diff(sources, prepend=-1))
        highest = np.maximum.reduceat(values, starts)
        sizes = np.diff(starts, append=len(sources))
        ranks = np.where(values == np.repeat(highest, sizes), np.arange(len(values)), len(values))
        chosen = np.minimum.reduceat(ranks, starts)
        found = sources[starts]
        self._distance[found[self._via[found] < 0]] = step
        self._confidence[found] = highest
        self._via[found] = rows[chosen]

    def _pass_on(self, sources: NDArray[np.int32], values: NDArray[np.float64]) -> NDArray[np.int64]:
        before = self._passing[sources]
        np.maximum.at(self._passing, sources, values)
        return np.unique(sources[values > before]).astype(np.int64)

    def dependents(self) -> tuple[Dependent, ...]:
        """What was reached, in the order of `Impact`."""
        found = np.flatnonzero(self._via >= 0)
        found = found[np.lexsort((found, self._distance[found], -self._confidence[found]))]
        graph = self._graph
        return tuple(
            map(
                Dependent, graph.names(found), self._distance[found].tolist(), self._confidence[found].tolist(),
                graph.edge_list(self._via[found]), graph.tests[found].tolist(),
            )
        )  # fmt: skip

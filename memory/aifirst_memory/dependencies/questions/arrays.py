"""A graph as arrays: nodes by position in the order of their ids, edges as columns, both directions by ranges.

Every question about more than one node is answered from these, so that stores which fill them alike answer alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import EDGE_KINDS, NODE_KINDS, Edge, EdgeKind, Node, path_of
from aifirst_memory.search.file_role import is_test_path

Positions = NDArray[np.int64]
KIND_NUMBER = {kind: number for number, kind in enumerate(EDGE_KINDS)}
FOLDER, FILE, UNIT, PACKAGE, TAG, TICKET = range(len(NODE_KINDS))


@dataclass(frozen=True)
class EdgeColumns:
    """Edges as columns. `paths` are numbers of where an edge stands, in the order of the paths."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    kind: NDArray[np.int32]
    paths: NDArray[np.int32]
    line: NDArray[np.int32]
    confidence: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.source)

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> EdgeColumns:
        """The chosen rows."""
        return EdgeColumns(
            self.source[chosen], self.target[chosen], self.kind[chosen], self.paths[chosen], self.line[chosen],
            self.confidence[chosen],
        )  # fmt: skip


class GraphArrays:
    """A graph. `ids` ascend; `kinds`, `parents` (-1: none) and `marks` (see `unit_marks`) go with them.

    `nodes` gives nodes by position; `entry_points` are the references of manifests.

    `edges` ascend by source, target and kind, no such triple twice. `paths` are the texts of their `paths`.
    """

    def __init__(
        self,
        ids: list[str],
        kinds: NDArray[np.int8],
        parents: NDArray[np.int32],
        paths: list[str],
        edges: EdgeColumns,
        nodes: Callable[[Sequence[int]], list[Node]],
        marks: NDArray[np.uint8],
        entry_points: tuple[str, ...] = (),
    ) -> None:
        self.ids = ids
        self.kinds = kinds
        self.parents = parents
        self.paths = paths
        self.edges = edges
        self.nodes = nodes
        self.marks = marks
        self.entry_points = entry_points

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each id stands."""
        return {id: position for position, id in enumerate(self.ids)}

    @cached_property
    def tests(self) -> NDArray[np.bool_]:
        """Whether a node is part of a test file, by position."""
        return np.fromiter((is_test_path(path_of(id)) for id in self.ids), np.bool_, len(self.ids))

    @cached_property
    def handed_over(self) -> NDArray[np.bool_]:
        """Whether an edge is a call of what another file handed over to the caller, by row.

        Who calls whatever it is given does not depend on what it is given.
        """
        numbers = {path: number for number, path in enumerate(self.paths)}
        own = np.fromiter((numbers.get(path_of(id), -1) for id in self.ids), np.int32, len(self.ids))
        return (self.edges.kind == KIND_NUMBER["calls"]) & (self.edges.paths != own[self.edges.source])

    @cached_property
    def files(self) -> NDArray[np.int32]:
        """The position of the file that a node is or lies in; -1 for others."""
        at = np.arange(len(self), dtype=np.int32)
        inner = np.flatnonzero(self.kinds == UNIT)
        while len(inner):
            at[inner] = self.parents[at[inner]]
            inner = inner[self.kinds[at[inner]] == UNIT]
        at[~np.isin(self.kinds, (FILE, UNIT))] = -1
        return at

    @cached_property
    def out_starts(self) -> NDArray[np.int64]:
        """The edges of a source are the rows `out_starts[p]:out_starts[p + 1]`."""
        return np.searchsorted(self.edges.source, np.arange(len(self) + 1))

    @cached_property
    def in_order(self) -> NDArray[np.int64]:
        """Rows of the edges by target, then by source and kind."""
        return np.argsort(self.edges.target, kind="stable")

    @cached_property
    def in_starts(self) -> NDArray[np.int64]:
        """The edges of a target are the rows `in_order[in_starts[p]:in_starts[p + 1]]`."""
        counts = np.bincount(self.edges.target, minlength=len(self))
        return np.concatenate(([0], np.cumsum(counts)))

    @cached_property
    def _children(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Nodes by their parents, and where those of each parent begin."""
        order = np.argsort(self.parents, kind="stable")
        return order, np.searchsorted(self.parents[order], np.arange(len(self) + 1))

    def children_of(self, nodes: Positions) -> Positions:
        """What lies directly in some nodes, in the order of these."""
        order, starts = self._children
        return order[_spread(starts[nodes], starts[nodes + 1])]

    def rows_into(self, targets: Positions) -> NDArray[np.int64]:
        """The rows of all edges into some nodes, in the order of these, then by source and kind."""
        return self.in_order[_spread(self.in_starts[targets], self.in_starts[targets + 1])]

    def rows_from(self, sources: Positions) -> NDArray[np.int64]:
        """The rows of all edges from some nodes, in the order of these, then by target and kind."""
        return _spread(self.out_starts[sources], self.out_starts[sources + 1])

    def names(self, nodes: NDArray[np.int64]) -> tuple[str, ...]:
        """The ids of some nodes, in their order."""
        return tuple(map(self.ids.__getitem__, nodes.tolist()))

    def edge_list(self, rows: NDArray[np.int64]) -> list[Edge]:
        """The edges of rows, in their order."""
        return self.listed(self.edges.take(rows))

    def listed(self, edges: EdgeColumns) -> list[Edge]:
        """Edges between nodes of this graph, as records."""
        id, path, kind = self.ids.__getitem__, self.paths.__getitem__, EDGE_KINDS.__getitem__
        return list(
            map(
                Edge, map(id, edges.source.tolist()), map(id, edges.target.tolist()), map(kind, edges.kind.tolist()),
                map(path, edges.paths.tolist()), edges.line.tolist(), edges.confidence.tolist(),
            )
        )  # fmt: skip


def kind_mask(kinds: Collection[EdgeKind]) -> NDArray[np.bool_]:
    """Which numbers of kinds are among some, as a table to look them up in."""
    mask = np.zeros(len(EDGE_KINDS), np.bool_)
    mask[[KIND_NUMBER[kind] for kind in kinds]] = True
    return mask


def _spread(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers from each start up to its end, one range after the other."""
    counts = ends - starts
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def without_repeats(edges: EdgeColumns, nodes: int) -> EdgeColumns:
    """Edges by source, target and kind; of several that say the same the surest, then the first by path and line."""
    key = (edges.source.astype(np.int64) * nodes + edges.target) * len(EDGE_KINDS) + edges.kind
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_first = np.diff(key, prepend=-1) != 0
    if is_first.all():
        return edges.take(order)
    repeated = ~is_first
    repeated[:-1] |= repeated[1:].copy()
    rows = order[repeated]
    best = np.lexsort((edges.line[rows], edges.paths[rows], -edges.confidence[rows], key[repeated]))
    order[repeated] = rows[best]
    return edges.take(order[is_first])

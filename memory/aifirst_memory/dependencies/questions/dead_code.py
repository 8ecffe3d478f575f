"""Units that nothing refers to, as far as the graph knows, and how far that is to be believed.

Left out is whatever something outside may start: tests and what lies in them, names in `__all__`, special methods,
overriding and overridden methods, methods of classes with a base outside, `main`, what a manifest starts, what a
decorator from outside hands over, and what the caller says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.entry_points import ids_of_entry_point
from aifirst_memory.dependencies.questions.answers import Dead
from aifirst_memory.dependencies.questions.arrays import KIND_NUMBER, UNIT, GraphArrays, kind_mask
from aifirst_memory.dependencies.unit_marks import DERIVED, EXPORTED, HANDED_OVER, RESOLVED, VISIBLE

_REFERRING = ("imports", "calls", "inherits", "uses", "decorates", "raises", "tests")
_NUMBERED = re.compile(r"#\d+$")
_STARTED = frozenset({"main", "init", "constructor"})
"""Last names of units that a runtime starts by itself."""
_PRIVATE, _PUBLIC, _INSIDE = 0.9, 0.6, 0.5


def dead_code(graph: GraphArrays, entry_points: Sequence[str] = ()) -> tuple[Dead, ...]:
    """See `GraphStore.dead_code`."""
    used = _used(graph)
    _share_among_overloads(graph, used)
    candidates = (graph.kinds == UNIT) & (graph.marks & RESOLVED != 0) & ~used & ~graph.tests
    candidates &= graph.marks & (EXPORTED | HANDED_OVER) == 0
    overrides = graph.edges.kind == KIND_NUMBER["overrides"]
    candidates[graph.edges.source[overrides]] = False
    candidates[graph.edges.target[overrides]] = False
    candidates &= ~_may_be_called_by_base(graph)
    started = _Started(graph)
    found: list[Dead] = []
    positions: list[int] = np.flatnonzero(candidates).tolist()
    for position in positions:
        id = graph.ids[position]
        if started(id) or any(fnmatchcase(id, pattern) for pattern in entry_points):
            continue
        found.append(_verdict(graph, position, candidates))
    return tuple(sorted(found, key=lambda dead: (-dead.confidence, dead.node)))


def _used(graph: GraphArrays) -> NDArray[np.bool_]:
    """Whether something outside of a unit refers to it or to what lies in it, by position."""
    edges = graph.edges
    rows = np.flatnonzero(kind_mask(_REFERRING)[edges.kind])
    source, target = edges.source[rows].astype(np.int64), edges.target[rows].astype(np.int64)
    used = np.zeros(len(graph), np.bool_)
    while len(target):
        outside = ~_lies_in(graph, source, target)
        source, target = source[outside], target[outside]
        used[target] = True
        above = graph.parents[target].astype(np.int64)
        inner = above >= 0
        inner[inner] = graph.kinds[above[inner]] == UNIT
        source, target = source[inner], above[inner]
    return used


def _share_among_overloads(graph: GraphArrays, used: NDArray[np.bool_]) -> None:
    """Whoever refers to one definition of a name in a file refers to all of them."""
    groups: dict[str, list[int]] = {}
    for position, id in enumerate(graph.ids):
        if "#" in id and (found := _NUMBERED.search(id)):
            first = graph.positions.get(id[: found.start()])
            groups.setdefault(id[: found.start()], [] if first is None else [first]).append(position)
    for positions in groups.values():
        used[positions] = used[positions].any()


def _may_be_called_by_base(graph: GraphArrays) -> NDArray[np.bool_]:
    """Whether a node lies directly in a class one of whose bases is not known: it may override what that calls."""
    edges = graph.edges
    inherits = edges.kind == KIND_NUMBER["inherits"]
    source, target = edges.source[inherits], edges.target[inherits]
    is_open = graph.marks & DERIVED != 0
    is_open[source] = False
    grown = source[is_open[target] & ~is_open[source]]
    while len(grown):
        is_open[grown] = True
        grown = source[is_open[target] & ~is_open[source]]
    has_parent = graph.parents >= 0
    found = np.zeros(len(graph), np.bool_)
    found[has_parent] = is_open[graph.parents[has_parent]]
    return found


def _lies_in(graph: GraphArrays, nodes: NDArray[np.int64], owners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each node is its owner or lies in it."""
    inside = nodes == owners
    at = nodes
    while (at >= 0).any():
        at = np.where(at >= 0, graph.parents[at], -1)
        inside |= at == owners
    return inside


class _Started:
    """Whether something outside of the code starts a unit, by its id."""

    def __init__(self, graph: GraphArrays) -> None:
        self._ends = tuple(end for reference in graph.entry_points for end in ids_of_entry_point(reference))

    def __call__(self, id: str) -> bool:
        last = id.rpartition("::")[2].rpartition(".")[2].partition("#")[0]
        if last in _STARTED or (last.startswith("__") and last.endswith("__")):
            return True
        return any(id == end or id.endswith(f"/{end}") for end in self._ends)


def _verdict(graph: GraphArrays, position: int, candidates: NDArray[np.bool_]) -> Dead:
    id, parent = graph.ids[position], int(graph.parents[position])
    if parent >= 0 and candidates[parent]:
        return Dead(id, "it lies in what nothing refers to", _INSIDE)
    if graph.marks[position] & VISIBLE:
        return Dead(id, "nothing in the project refers to it; something outside could", _PUBLIC)
    return Dead(id, "nothing refers to it, and its name is private", _PRIVATE)

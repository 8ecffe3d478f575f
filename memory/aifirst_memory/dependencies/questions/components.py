"""Strongly connected components, the layers of what remains when they are drawn together, and links to cut.

Nodes are numbers from 0, links pairs of two arrays. What lies on no cycle is peeled off in arrays first, so that the
part in plain Python (Tarjan, 1972, without recursion) sees little.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def components(nodes: int, source: Numbers, target: Numbers) -> Numbers:
    """The component of every node: the smallest node in it."""
    owner = np.arange(nodes)
    left = _core(nodes, source, target)
    if len(left):
        for component in _tarjan(_neighbours(source[left], target[left])):
            owner[component] = min(component)
    return owner


def _core(nodes: int, source: Numbers, target: Numbers) -> Numbers:
    """The links left once nodes without links in or without links out are gone, again and again."""
    left = np.arange(len(source))
    while len(left):
        enters = np.zeros(nodes, np.bool_)
        leaves = np.zeros(nodes, np.bool_)
        enters[target[left]] = True
        leaves[source[left]] = True
        stays = enters[source[left]] & leaves[target[left]]
        if stays.all():
            break
        left = left[stays]
    return left


def _neighbours(source: Numbers, target: Numbers) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    sources: list[int] = source.tolist()
    targets: list[int] = target.tolist()
    for here, there in zip(sources, targets, strict=True):
        found.setdefault(here, []).append(there)
    return found


def _tarjan(neighbours: dict[int, list[int]]) -> list[list[int]]:
    """The components of at least two nodes."""
    search = _Search(neighbours)
    for root in neighbours:
        if root not in search.index:
            search.visit(root)
    return search.found


class _Search:
    """Tarjan's search: `low` is the earliest node on the stack that one leads back to."""

    def __init__(self, neighbours: dict[int, list[int]]) -> None:
        self._neighbours = neighbours
        self.index: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._stack: list[int] = []
        self._on_stack: set[int] = set()
        self._work: list[tuple[int, Iterator[int]]] = []
        self.found: list[list[int]] = []

    def visit(self, root: int) -> None:
        """Find the components that the root leads to."""
        self._enter(root)
        while self._work:
            node, following = self._work[-1]
            fresh = self._next(node, following)
            if fresh is not None:
                self._enter(fresh)
                continue
            self._work.pop()
            if self._work:
                above = self._work[-1][0]
                self._low[above] = min(self._low[above], self._low[node])
            if self._low[node] == self.index[node]:
                self._take(node)

    def _enter(self, node: int) -> None:
        self.index[node] = self._low[node] = len(self.index)
        self._stack.append(node)
        self._on_stack.add(node)
        self._work.append((node, iter(self._neighbours.get(node, ()))))

    def _next(self, node: int, following: Iterator[int]) -> int | None:
        """The next neighbour that was not met yet."""
        for there in following:
            if there not in self.index:
                return there
            if there in self._on_stack:
                self._low[node] = min(self._low[node], self.index[there])
        return None

    def _take(self, node: int) -> None:
        """Take a whole component off the stack."""
        component = [self._stack.pop()]
        while component[-1] != node:
            component.append(self._stack.pop())
        self._on_stack.difference_update(component)
        if len(component) > 1:
            self.found.append(component)


def layers_of(nodes: int, source: Numbers, target: Numbers, owner: Numbers) -> Numbers:
    """The layer of every node: 0 where its component depends on nothing else, else one above all it depends on."""
    source, target = owner[source], owner[target]
    apart = source != target
    source, target = source[apart], target[apart]
    layer = np.zeros(nodes, np.int64)
    step = 0
    while len(source):
        step += 1
        layer[source] = step
        waits = np.zeros(nodes, np.bool_)
        waits[source] = True
        stays = waits[target]
        source, target = source[stays], target[stays]
    return layer[owner]

"""Strongly connected components, the layers of what remains when they are drawn together, and links to cut.

Nodes are numbers from 0, links pairs of two arrays. What lies on no cycle is peeled off in arrays first, so that the
part in plain Python (Tarjan, 1972, without recursion) sees little.
"""

from __future__ import annotations

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
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for root in neighbours:
        if root in index:
            continue
        work = [(root, iter(neighbours[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for there in following:
                if there not in index:
                    index[there] = low[there] = len(index)
                    stack.append(there)
                    on_stack.add(there)
                    work.append((there, iter(neighbours.get(there, ()))))
                    break
                if there in on_stack:
                    low[node] = min(low[node], index[there])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = _popped(stack, on_stack, node)
                    if len(component) > 1:
                        found.append(component)
    return found


def _popped(stack: list[int], on_stack: set[int], node: int) -> list[int]:
    component: list[int] = []
    while True:
        top = stack.pop()
        on_stack.discard(top)
        component.append(top)
        if top == node:
            return component


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

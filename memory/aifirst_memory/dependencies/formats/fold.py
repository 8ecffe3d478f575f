"""A smaller graph that says the same from farther away: units fold into files, files into folders.

For formats whose readers give up on large graphs. An edge between two nodes that are folded away joins those that
stand for them now; only what comes to lie inside a single node is gone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

import msgspec

from aifirst_memory.dependencies.model import EDGE_KINDS, Graph, Node


class Link(msgspec.Struct, frozen=True, gc=False):
    """All edges from one node to another: how many stand behind it, and of which kinds, in the kinds' order."""

    source: str
    target: str
    kinds: tuple[str, ...]
    count: int


class Folded(msgspec.Struct, frozen=True):
    """What is left to draw. `level` says what the project's own nodes are: `units` where nothing was folded."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    level: str


def fold_to(graph: Graph, *, nodes: int, links: int) -> Folded:
    """The finest fold of at most so many nodes and links.

    Where not even the top folders fit, they are given all the same: it is for the caller to leave some out.
    """
    whole = Folded(graph.nodes, _links(graph, {}), "units")
    placed = [node for node in graph.nodes if node.path]
    deepest = max((node.path.count("/") for node in placed), default=0)

    def fold(step: int) -> Folded:
        """Step 0 folds units into files, step `n` closes the folders below the `n` deepest levels."""
        depth = deepest + 1 - step
        at = {node.id: _above(node, depth) for node in placed} if step else _files(placed)
        level = f"folders to depth {depth}" if step else "files"
        return Folded(_nodes(graph, at), _links(graph, at), level)

    def fits(folded: Folded) -> bool:
        return len(folded.nodes) <= nodes and len(folded.links) <= links

    if fits(whole) or not placed:
        return whole
    first = bisect_left(range(deepest), True, key=lambda step: fits(fold(step)))
    return fold(first)


def _files(placed: Iterable[Node]) -> dict[str, str]:
    return {node.id: node.path if node.kind == "unit" else node.id for node in placed}


def _above(node: Node, depth: int) -> str:
    """The id of what stands for a node where no folder under a depth is opened."""
    parts = node.path.split("/")
    if len(parts) > depth:
        return "/".join(parts[:depth]) + "/"
    return node.path + "/" if node.kind == "folder" else node.path


def _nodes(graph: Graph, at: Mapping[str, str]) -> tuple[Node, ...]:
    own = {node.id: node for node in graph.nodes}
    ids = sorted({at.get(node.id, node.id) for node in graph.nodes})
    return tuple(own[id] if id in own else _stand_in(id) for id in ids)


def _stand_in(id: str) -> Node:
    """A folder or file that stands for its content though the graph has no node of it."""
    path = id.rstrip("/")
    above, _, name = path.rpartition("/")
    parent = f"{above}/" if above else ""
    return Node(id=id, kind="folder" if id.endswith("/") else "file", name=name, path=path, parent=parent)


def _links(graph: Graph, at: Mapping[str, str]) -> tuple[Link, ...]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for edge in graph.edges:
        source, target = at.get(edge.source, edge.source), at.get(edge.target, edge.target)
        if source != target:
            counts = found.setdefault((source, target), {})
            counts[edge.kind] = counts.get(edge.kind, 0) + 1
    return tuple(
        Link(source, target, tuple(kind for kind in EDGE_KINDS if kind in counts), sum(counts.values()))
        for (source, target), counts in sorted(found.items())
    )

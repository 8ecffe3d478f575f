"""A graph whose every text encodes as UTF-8: a path that the disk gives may hold half a character pair."""

from __future__ import annotations

import msgspec

from aifirst_memory.dependencies.model import Edge, Graph, Node


def encodable(graph: Graph) -> Graph:
    """The graph itself where all its texts encode; else one in which each lone surrogate is a question mark.

    Names are replaced alike everywhere, so that edges go on meeting their nodes.
    """
    try:
        for node in graph.nodes:
            f"{node.id}{node.name}{node.path}{node.parent}{node.unit_kind}".encode()
        for edge in graph.edges:
            f"{edge.source}{edge.target}{edge.path}".encode()
    except UnicodeEncodeError:
        return Graph(tuple(map(_node, graph.nodes)), tuple(map(_edge, graph.edges)))
    return graph


def encodable_text(text: str) -> str:
    """The text with a question mark for each lone surrogate."""
    return text.encode("utf-8", "replace").decode()


def _node(node: Node) -> Node:
    texts = {
        name: encodable_text(getattr(node, name)) for name in ("id", "name", "path", "parent", "unit_kind")
    }
    return msgspec.structs.replace(node, **texts)


def _edge(edge: Edge) -> Edge:
    texts = {name: encodable_text(getattr(edge, name)) for name in ("source", "target", "path")}
    return msgspec.structs.replace(edge, **texts)

"""A graph whose every text encodes as UTF-8: a path that the disk gives may hold half a character pair."""

from __future__ import annotations

from aifirst_memory.dependencies.model import Edge, Graph, Node


def encodable(graph: Graph) -> Graph:
    """The graph itself where all its texts encode; else one in which each lone surrogate is a question mark.

    Names are replaced alike everywhere, so that edges go on meeting their nodes.
    """
    try:
        for node in graph.nodes:
            f"{node.id}{node.name}{node.path}{node.parent}".encode()
        for edge in graph.edges:
            f"{edge.source}{edge.target}{edge.path}".encode()
    except UnicodeEncodeError:
        return Graph(tuple(map(_node, graph.nodes)), tuple(map(_edge, graph.edges)))
    return graph


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _node(node: Node) -> Node:
    return Node(
        id=_text(node.id), kind=node.kind, name=_text(node.name), path=_text(node.path), line=node.line,
        end_line=node.end_line, parent=_text(node.parent), unit_kind=node.unit_kind, tokens=node.tokens,
        glue_tokens=node.glue_tokens,
    )  # fmt: skip


def _edge(edge: Edge) -> Edge:
    return Edge(
        _text(edge.source), _text(edge.target), edge.kind, _text(edge.path), edge.line, edge.confidence
    )

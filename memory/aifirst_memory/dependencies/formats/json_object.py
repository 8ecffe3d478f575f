"""The graph as one JSON object: the contract that programs read. Fields may be added to it, never changed.

A node and an edge stand on a line each, so that two graphs compare line by line. What would not be seen is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from aifirst_memory.dependencies.formats.encodable import encodable
from aifirst_memory.dependencies.formats.escaping import escaped_json
from aifirst_memory.dependencies.model import Graph, Node

VERSION = 1


class NodeObject(msgspec.Struct, frozen=True, gc=False):
    """A node as the contract spells it: the fields that are promised first."""

    id: str
    kind: str
    path: str
    line: int
    end_line: int
    name: str
    tokens: int
    glue_tokens: int
    parent: str
    unit_kind: str


def json_text(graph: Graph) -> str:
    """`{"version": 1, "nodes": […], "edges": […]}`, nodes and edges in the graph's order, ended by a line feed."""
    graph = encodable(graph)
    nodes = _lines(map(node_object, graph.nodes))
    edges = _lines(graph.edges)
    return escaped_json(f'{{"version":{VERSION},"nodes":[{nodes}],"edges":[{edges}]}}\n')


def node_object(node: Node) -> NodeObject:
    """A node as the contract spells it."""
    return NodeObject(
        node.id, node.kind, node.path, node.line, node.end_line, node.name, node.tokens, node.glue_tokens,
        node.parent, node.unit_kind,
    )  # fmt: skip


def _lines(records: Iterable[msgspec.Struct]) -> str:
    encode = msgspec.json.Encoder().encode
    text = b",\n".join(map(encode, records)).decode()
    return f"\n{text}\n" if text else ""

"""The edges of one node of the dependency graph: what it uses, or what uses it, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from aifirst_memory.dependencies.model import Node

    from aifirst_lsp_server.workers.desk import Desk

EdgeKind = Literal[
    "imports", "calls", "inherits", "overrides", "uses", "decorates", "raises", "tests", "documents"
]


class Question(msgspec.Struct, frozen=True):
    """A node's id at `root`, and whether edges into it or out of it are wanted; no `kinds` mean all of the code."""

    root: str
    id: str
    direction: Literal["in", "out"]
    kinds: tuple[EdgeKind, ...] = ()


class End(msgspec.Struct, frozen=True):
    """A node at one end of an edge; lines count from 1, 0 for what has none."""

    id: str
    path: str
    name: str
    kind: str
    line: int
    end_line: int


class FoundEdge(msgspec.Struct, frozen=True):
    """An edge to or from `other`, which stands at `line` (from 1) of `path`."""

    other: End
    kind: str
    path: str
    line: int
    confidence: float


class Answer(msgspec.Struct, frozen=True):
    """The node itself, None where the graph does not have it, and its edges by path and line."""

    node: End | None
    edges: tuple[FoundEdge, ...] = ()


def answer(desk: Desk, question: Question) -> Answer:
    """Ask the graph as it is."""
    import numpy as np
    from aifirst_memory.dependencies.model import STATIC_KINDS

    from aifirst_lsp_server.workers.librarian import graph_of, told_errors

    store = graph_of(desk, question.root)
    with told_errors(), store.arrays() as graph:
        node = store.node(question.id)
        position = graph.positions.get(question.id)
        if node is None or position is None:
            return Answer(None)
        rows = (graph.rows_into if question.direction == "in" else graph.rows_from)(
            np.array([position], np.int64)
        )
        wanted = question.kinds or STATIC_KINDS
        found: list[FoundEdge] = []
        for edge in graph.edge_list(rows):
            if edge.kind in wanted:
                other = store.node(edge.source if question.direction == "in" else edge.target)
                if other is not None:
                    found.append(FoundEdge(_end(other), edge.kind, edge.path, edge.line, edge.confidence))
    found.sort(key=lambda one: (one.path, one.line, one.other.id, one.kind))
    return Answer(_end(node), tuple(found))


def _end(node: Node) -> End:
    return End(node.id, node.path, node.name, node.unit_kind or node.kind, node.line, node.end_line)

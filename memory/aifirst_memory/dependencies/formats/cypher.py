"""The graph as a Cypher script for `cypher-shell` or the browser of Neo4j: run twice it changes nothing.

Labels and types are those of the mirror that `neo4j` keeps, in a project of its own called `script`. Statements take
their rows from literals, since a script has no parameters; every text in them is a string literal that holds whatever
a project calls its things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aifirst_memory.dependencies.formats.encodable import encodable
from aifirst_memory.dependencies.formats.escaping import UNSEEN
from aifirst_memory.dependencies.model import EDGE_KINDS, Edge, Graph, Node

BATCH: Final = 100
"""Rows of a statement: few enough for its parser, many enough to be quick."""
_SPELT: Final = re.compile(rf"{UNSEEN.pattern}|[\"'\\\u00a0\ufffe\uffff]")


def cypher_text(graph: Graph) -> str:
    """Statements, each ended by `;` and a line feed: a constraint, then nodes, then edges kind by kind."""
    graph = encodable(graph)
    lines = [
        "CREATE CONSTRAINT aifirst_node IF NOT EXISTS FOR (n:AifirstNode) REQUIRE (n.project, n.id) IS UNIQUE;"
    ]
    for kind in dict.fromkeys(node.kind for node in graph.nodes):
        own = [node for node in graph.nodes if node.kind == kind]
        lines += [
            f"UNWIND [{batch}] AS row MERGE (n:AifirstNode {{project: 'script', id: row.id}}) "
            f"SET n += row, n:{kind.capitalize()};"
            for batch in _batches([_node(node) for node in own])
        ]
    for kind in EDGE_KINDS:
        for batch in _batches([_edge(edge) for edge in graph.edges if edge.kind == kind]):
            name = kind.upper().replace("-", "_")
            lines.append(
                f"UNWIND [{batch}] AS row MATCH (a:AifirstNode {{project: 'script', id: row[0]}}) "
                f"MATCH (b:AifirstNode {{project: 'script', id: row[1]}}) "
                f"MERGE (a)-[e:{name}]->(b) SET e.path = row[2], e.line = row[3], e.confidence = row[4];"
            )
    return "\n".join(lines) + "\n"


def _batches(rows: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(rows), BATCH):
        yield "\n" + ",\n".join(rows[start : start + BATCH]) + "\n"


def _node(node: Node) -> str:
    return (
        f"{{id: {_string(node.id)}, kind: '{node.kind}', name: {_string(node.name)}, path: {_string(node.path)}, "
        f"line: {node.line}, end_line: {node.end_line}, parent: {_string(node.parent)}, "
        f"unit_kind: {_string(node.unit_kind)}, tokens: {node.tokens}, glue_tokens: {node.glue_tokens}}}"
    )


def _edge(edge: Edge) -> str:
    ends = f"{_string(edge.source)}, {_string(edge.target)}"
    return f"[{ends}, {_string(edge.path)}, {edge.line}, {float(edge.confidence):.6f}]"


def _string(text: str) -> str:
    """A string literal of printable characters alone."""
    return f"'{_SPELT.sub(_spelt, text)}'"


def _spelt(found: re.Match[str]) -> str:
    """A character that may not stand for itself.

    After a backslash the literal is closed and another one joined to it: parsers that read `\\uXXXX` before anything
    else would take an escaped backslash and a `u` that follows for such a number.
    """
    character = found[0]
    if character == "\\":
        return "\\\\' + '"
    return (
        f"\\{character}"
        if character in "'\""
        else "".join(f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in _utf16(character))
    )


def _utf16(character: str) -> Iterator[bytes]:
    data = character.encode("utf-16-be")
    return (data[at : at + 2] for at in range(0, len(data), 2))

"""The graph for Graphviz: folders and files as clusters, kinds of edges by colour, everything else as attributes.

Ids in the text are those of the graph, so that what reads DOT can go on with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aifirst_memory.dependencies.formats.encodable import encodable
from aifirst_memory.dependencies.formats.escaping import visible
from aifirst_memory.dependencies.formats.tree import children_of, walk
from aifirst_memory.dependencies.model import Edge, EdgeKind, Graph, Node

LONGEST_LABEL: Final = 80
_COLOURS: Final[dict[EdgeKind, str]] = {
    "imports": "#5b7db1", "calls": "#2f8f6b", "inherits": "#8a5bb1", "overrides": "#b07cc6", "uses": "#8a8f98",
    "decorates": "#b8862b", "raises": "#c4524a", "tests": "#3f97a8", "documents": "#9a8c6f", "changes-with": "#b0b0b0",
}  # fmt: skip
_SHAPES: Final = {"folder": "folder", "file": "note", "package": "component", "tag": "cds", "ticket": "tab"}
_ONE: Final = "\\"
_TWO: Final = _ONE * 2
_QUOTE: Final = '"'
_HEAD: Final = (
    "digraph dependencies {",
    "  graph [rankdir=LR, compound=true, newrank=true, fontname=Helvetica, style=rounded, color=gray70];",
    "  node [shape=box, style=rounded, fontname=Helvetica, fontsize=10];",
    "  edge [arrowsize=0.6];",
)


def dot_text(graph: Graph) -> str:
    """A strict reading of the DOT grammar: every id and value in double quotes. Ended by a line feed."""
    graph = encodable(graph)
    inside = children_of(graph.nodes)
    joined = {end for edge in graph.edges for end in (edge.source, edge.target)}
    lines = [*_HEAD, *_clusters(inside, joined), *map(_edge, graph.edges)]
    return "\n".join([*lines, "}"]) + "\n"


def _clusters(inside: Mapping[str, Sequence[Node]], joined: set[str]) -> Iterator[str]:
    for node, depth, is_end in walk(inside):
        pad = "  " * depth
        if is_end:
            yield f"{pad}}}"
        elif node.id not in inside:
            yield f"{pad}{_node(node)}"
        else:
            yield f"{pad}subgraph {_quoted('cluster ' + node.id)} {{"
            yield f"{pad}  label={_label(node.name or node.id)};"
            if node.id in joined or node.kind != "folder":
                yield f"{pad}  {_node(node)}"


def _node(node: Node) -> str:
    shape = f", shape={_SHAPES[node.kind]}" if node.kind in _SHAPES else ""
    place = f", path={_quoted(node.path)}, line={node.line}, end_line={node.end_line}" if node.path else ""
    sizes = f", tokens={node.tokens}, glue_tokens={node.glue_tokens}" if node.tokens else ""
    kind = f", unit_kind={_quoted(node.unit_kind)}" if node.unit_kind else ""
    return f"{_quoted(node.id)} [label={_label(node.name or node.id)}{shape}, kind={node.kind}{kind}{place}{sizes}];"


def _edge(edge: Edge) -> str:
    sure = "" if edge.confidence >= 0.75 else ", style=dashed"
    return (
        f'  {_quoted(edge.source)} -> {_quoted(edge.target)} [kind="{edge.kind}", color="{_COLOURS[edge.kind]}"'
        f"{sure}, path={_quoted(edge.path)}, line={edge.line}, confidence={edge.confidence:.6g}];"
    )


def _label(name: str) -> str:
    """What is drawn. Graphviz reads characters by number in it, which could spell what does not show."""
    short = name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"
    return _quoted(visible(short).replace("&", "&amp;"))


def _quoted(text: str) -> str:
    """A quoted string. A backslash is doubled: single it could meet the closing quote, or be an escape of labels.

    So a single one stands only where a character that does not show is spelt out.
    """
    return f'"{visible(text.replace(_ONE, _TWO).replace(_QUOTE, _ONE + _QUOTE))}"'

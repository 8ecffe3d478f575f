"""The graph as GraphML, which Gephi, yEd, Cytoscape and networkx open: flat, every attribute with its type.

The tree of folders is the attribute `parent`: nested graphs are read by yEd alone. yEd shows only labels of its own
namespace, so each node carries its name a second time there.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

from aifirst_memory.dependencies.formats.encodable import encodable
from aifirst_memory.dependencies.formats.escaping import UNSEEN, spelt
from aifirst_memory.dependencies.model import Edge, Graph, Node

_NODE_KEYS: Final = (
    ("label", "string"), ("kind", "string"), ("path", "string"), ("line", "int"), ("end_line", "int"),
    ("parent", "string"), ("unit_kind", "string"), ("tokens", "int"), ("glue_tokens", "int"),
)  # fmt: skip
_EDGE_KEYS: Final = (("kind", "string"), ("path", "string"), ("line", "int"), ("confidence", "double"))
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">"""


def graphml_text(graph: Graph) -> str:
    """A valid GraphML document, ended by a line feed. A character that XML cannot hold is spelt as `\\x07`."""
    graph = encodable(graph)
    lines = [_HEAD]
    lines += [_key("node", name, type) for name, type in _NODE_KEYS]
    lines.append('<key id="node_drawing" for="node" yfiles.type="nodegraphics"/>')
    lines += [_key("edge", name, type) for name, type in _EDGE_KEYS]
    lines.append('<graph id="dependencies" edgedefault="directed">')
    lines += map(_node, graph.nodes)
    lines += [_edge(number, edge) for number, edge in enumerate(graph.edges)]
    return "\n".join([*lines, "</graph>", "</graphml>"]) + "\n"


def _key(owner: str, name: str, type: str) -> str:
    return f'<key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{type}"/>'


def _node(node: Node) -> str:
    label = _text(node.name or node.id)
    values = (
        label, node.kind, _text(node.path), node.line, node.end_line, _text(node.parent), _text(node.unit_kind),
        node.tokens, node.glue_tokens,
    )  # fmt: skip
    data = "".join(
        f'<data key="node_{name}">{value}</data>' for (name, _), value in zip(_NODE_KEYS, values, strict=True)
    )
    drawing = f"<y:ShapeNode><y:NodeLabel>{label}</y:NodeLabel></y:ShapeNode>"
    return f'<node id="{_text(node.id)}">{data}<data key="node_drawing">{drawing}</data></node>'


def _edge(number: int, edge: Edge) -> str:
    values = (edge.kind, _text(edge.path), edge.line, f"{edge.confidence:.6g}")
    data = "".join(
        f'<data key="edge_{name}">{value}</data>' for (name, _), value in zip(_EDGE_KEYS, values, strict=True)
    )
    return f'<edge id="e{number}" source="{_text(edge.source)}" target="{_text(edge.target)}">{data}</edge>'


def _text(text: str) -> str:
    """Text for content and attributes alike: white space is spelt out, since a parser may turn it into blanks."""
    plain = escape(_NOT_XML.sub(lambda found: spelt(found[0]), text), {'"': "&quot;"})
    return UNSEEN.sub(lambda found: f"&#{ord(found[0])};", plain)

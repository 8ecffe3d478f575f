"""The graph as a Mermaid flowchart, which Markdown pages draw: folders, files and classes as boxes in boxes.

Mermaid refuses texts over 50,000 characters and more than 500 edges. A graph over that is folded, units into files
and files into folders, until it fits, and the drawing's title says so. All edges between two nodes are one arrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aifirst_memory.dependencies.formats.encodable import encodable
from aifirst_memory.dependencies.formats.escaping import visible
from aifirst_memory.dependencies.formats.fold import Folded, Link, fold_to
from aifirst_memory.dependencies.formats.tree import children_of, walk
from aifirst_memory.dependencies.model import Graph, Node

MOST_LINKS: Final = 400
MOST_NODES: Final = 300
MOST_CHARACTERS: Final = 50_000
LONGEST_NAME: Final = 60
_SPECIAL: Final = re.compile(r"[^\w ./,()+\-:@]")
"""What a label spells as a character's number; nothing of it can then end the label or be markup."""
_SHAPES: Final = {"file": ("[", "]"), "folder": ("[/", "/]"), "package": ("([", "])"), "tag": (">", "]")}
_STYLES: Final = (
    "classDef folder fill:#e8eef7,stroke:#5b7db1,color:#1d2b45",
    "classDef file fill:#ffffff,stroke:#7a869a,color:#1d2b45",
    "classDef unit fill:#eef7f1,stroke:#4f9a74,color:#173a29",
    "classDef package fill:#f6f1e7,stroke:#b18f4f,color:#45391d",
    "classDef tag fill:#f5ecf7,stroke:#9a5ba8,color:#3d1f45",
    "classDef ticket fill:#fdeeee,stroke:#b85c5c,color:#451d1d",
)


def mermaid_text(graph: Graph) -> str:
    """The flowchart, ended by a line feed; never over Mermaid's own limits."""
    graph = encodable(graph)
    folded = fold_to(graph, nodes=MOST_NODES, links=MOST_LINKS)
    links = MOST_LINKS
    while True:
        text = _flowchart(graph, folded, links)
        if len(text) < MOST_CHARACTERS or links == 0:
            return text
        links = links * 3 // 4


def _flowchart(graph: Graph, folded: Folded, most: int) -> str:
    kept = sorted(
        sorted(folded.links, key=lambda link: -link.count)[:most], key=lambda link: (link.source, link.target)
    )
    joined = {end for link in kept for end in (link.source, link.target)}
    cut = len(kept) < len(folded.links) or len(folded.nodes) > MOST_NODES
    nodes = [node for node in folded.nodes if not cut or node.id in joined]
    names = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    for end in sorted(joined - names.keys()):
        names[end] = f"n{len(names)}"
        nodes.append(Node(id=end, kind="unit", name=end))
    head = [f'---\ntitle: "{notice}"\n---'] if (notice := _notice(graph, folded, len(kept))) else []
    inside = children_of(nodes)
    body = [*_boxes(inside, names, joined)]
    arrows = [f"  {names[link.source]} {_arrow(link)} {names[link.target]}" for link in kept]
    styles = [f"  {style}" for style in _STYLES]
    return "\n".join([*head, "flowchart LR", *body, *arrows, *styles]) + "\n"


def _notice(graph: Graph, folded: Folded, kept: int) -> str:
    """What a reader has to know of what is not drawn; empty where everything is."""
    said: list[str] = []
    if folded.level != "units":
        said.append(f"{len(graph.nodes):,} nodes and {len(graph.edges):,} edges, folded into {folded.level}")
    if kept < len(folded.links):
        said.append(f"only the {kept} strongest of {len(folded.links):,} links are drawn")
    return "; ".join(said)


def _boxes(inside: Mapping[str, Sequence[Node]], names: Mapping[str, str], joined: set[str]) -> Iterator[str]:
    """The lines of all nodes, box in box. A box that edges reach by itself holds a node for itself."""
    for node, depth, is_end in walk(inside):
        name, label, pad = names[node.id], _label(node.name or node.id), "  " * depth
        opening, closing = _SHAPES.get(node.kind, ("(", ")"))
        shape = f'{name}{opening}"{label}"{closing}:::{node.kind}'
        if is_end:
            yield f"{pad}end"
        elif node.id not in inside:
            yield f"{pad}{shape}"
        else:
            yield f'{pad}subgraph b{name}["{label}"]'
            if node.id in joined:
                yield f"{pad}  {shape}"


def _arrow(link: Link) -> str:
    many = f" {link.count}" if link.count > len(link.kinds) else ""
    return f"-->|{', '.join(link.kinds)}{many}|"


def _label(name: str) -> str:
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", " ".join(visible(short).split()) or " ")

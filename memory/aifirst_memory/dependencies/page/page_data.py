"""The tree and the edges as the page reads them: columns of numbers and names in one JSON object.

A place in the tree is the number of its branch in preorder, so that all below a branch are the numbers after it.
Ids and paths are not said where they follow from the tree, which they do in a graph of a real project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from aifirst_memory.dependencies.formats.encodable import encodable_text
from aifirst_memory.dependencies.formats.escaping import escaped_json
from aifirst_memory.dependencies.model import EDGE_KINDS, Edge, Graph, Node, unit_node
from aifirst_memory.dependencies.page.extras import PageExtras
from aifirst_memory.dependencies.page.page_tree import Branch, page_tree

BRANCH_KINDS: Final = ("project", "group", "range", "folder", "file", "unit", "package", "tag", "ticket")


class Places(msgspec.Struct, gc=False):
    """The branches by number: columns of the same length."""

    kind: list[int] = []
    name: list[str] = []
    parent: list[int] = []
    line: list[int] = []
    end: list[int] = []
    tokens: list[int] = []
    glue: list[int] = []
    unit: list[int] = []


class Links(msgspec.Struct, gc=False):
    """The edges, ordered by source: columns of the same length. `source` counts on from the edge before.

    `confidence` is in hundredths. `path` holds the few whose place is in another file than their source: the edge's
    number and the file's, by turns.
    """

    source: list[int] = []
    target: list[int] = []
    kind: list[int] = []
    line: list[int] = []
    confidence: list[int] = []
    path: list[int] = []


class PageData(msgspec.Struct, gc=False):
    """All that the page knows. `ids` are those that the tree does not give, by number; heats are by number too."""

    title: str
    root: str
    link: str
    branch_kinds: tuple[str, ...]
    edge_kinds: tuple[str, ...]
    unit_kinds: list[str]
    places: Places
    links: Links
    ids: dict[int, str]
    churn: dict[int, int]
    findings: dict[int, int]


def page_data(graph: Graph, extras: PageExtras) -> bytes:
    """The JSON that a script element holds: `<`, `>` and `&` are spelt as numbers, so no name can end the element."""
    places, numbers, ids, unit_kinds = _places(page_tree(graph.nodes))
    title, root, link = map(encodable_text, (extras.title, extras.root, extras.link))
    data = PageData(
        title=title, root=root, link=link, branch_kinds=BRANCH_KINDS, edge_kinds=EDGE_KINDS, unit_kinds=unit_kinds,
        places=places, links=_links(graph.edges, numbers), ids=ids, churn=_heat(extras.churn, numbers),
        findings=_heat(extras.findings, numbers),
    )  # fmt: skip
    text = escaped_json(msgspec.json.encode(data).decode()).encode()
    for character in (b"<", b">", b"&"):
        text = text.replace(character, b"\\u%04x" % ord(character))
    return text


def _places(tree: Branch) -> tuple[Places, dict[str, int], dict[int, str], list[str]]:
    """The columns, the number of every node by its id, ids that do not follow from the tree, kinds of units."""
    places, numbers = Places(), dict[str, int]()
    ids, unit_kinds = dict[int, str](), dict[str, int]()
    for number, (branch, parent) in enumerate(_preorder(tree)):
        node = branch.node or Node(id="", kind="folder", name="")
        places.kind.append(BRANCH_KINDS.index(branch.kind))
        places.name.append(branch.name)
        places.parent.append(parent)
        places.line.append(node.line)
        places.end.append(max(0, node.end_line - node.line))
        places.tokens.append(node.tokens)
        places.glue.append(node.glue_tokens)
        places.unit.append(unit_kinds.setdefault(node.unit_kind, len(unit_kinds)))
        if branch.node is not None:
            numbers[node.id] = number
            numbers.update(dict.fromkeys(branch.joined, number))
            if node.id != _usual_id(node):
                ids[number] = node.id
    return places, numbers, ids, list(unit_kinds)


def _usual_id(node: Node) -> str:
    """The id that the page makes of a node's path, kind and name."""
    if node.kind == "unit":
        return unit_node(node.path, node.name)
    if node.kind in ("package", "tag", "ticket"):
        return f"{node.kind}:{node.name}"
    return f"{node.path}/" if node.kind == "folder" else node.path


def _preorder(tree: Branch) -> Iterator[tuple[Branch, int]]:
    """Every branch with the number of the one it lies in, -1 for the root."""
    waiting, number = [(tree, -1)], 0
    while waiting:
        branch, parent = waiting.pop()
        yield branch, parent
        waiting += [(child, number) for child in reversed(branch.children)]
        number += 1


def _links(edges: tuple[Edge, ...], numbers: Mapping[str, int]) -> Links:
    kinds = {kind: number for number, kind in enumerate(EDGE_KINDS)}
    known = [
        (numbers[edge.source], numbers[edge.target], kinds[edge.kind], edge)
        for edge in edges
        if edge.source in numbers and edge.target in numbers
    ]
    known.sort(key=lambda link: link[:3])
    links, last = Links(), 0
    for number, (source, target, kind, edge) in enumerate(known):
        links.source.append(source - last)
        links.target.append(target)
        links.kind.append(kind)
        links.line.append(edge.line)
        links.confidence.append(round(edge.confidence * 100))
        if edge.path in numbers and edge.path != edge.source.partition("::")[0]:
            links.path += [number, numbers[edge.path]]
        last = source
    return links


def _heat(values: Mapping[str, int], numbers: Mapping[str, int]) -> dict[int, int]:
    return {numbers[id]: value for id, value in sorted(values.items()) if id in numbers and value}

"""The tree that the page draws: the graph's own, made so that no group is too wide and no chain too long to look at.

A folder that holds nothing but one folder is joined with it. Packages, tags and tickets get a group each. Where a
group has very many children these are put into ranges, in their order, so that the first view stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import Final

import msgspec

from aifirst_memory.dependencies.formats.tree import children_of, walk
from aifirst_memory.dependencies.model import Node, NodeKind

WIDEST: Final = 48
"""So many children are left as they are: files and folders."""
WIDEST_CODE: Final = 160
"""The same for units: one comes to see them only from near."""
_OUTSIDE: Final[dict[NodeKind, str]] = {"package": "Outside packages", "tag": "Tags", "ticket": "Tickets"}


class Branch(msgspec.Struct, gc=False):
    """A place in the tree. `node` is none for the project, for groups and for ranges; `kind` says which.

    `joined` are the ids of folders above that this one stands for too.
    """

    kind: str
    name: str
    node: Node | None = None
    children: list[Branch] = []
    joined: tuple[str, ...] = ()


def page_tree(nodes: Sequence[Node]) -> Branch:
    """The tree of all nodes, the project as its root."""
    inside = children_of(nodes)
    top: list[Branch] = []
    groups: dict[str, list[Branch]] = {}
    branches = _branches(inside)
    for node in inside.get("", []):
        found = branches[node.id]
        (groups.setdefault(_OUTSIDE[node.kind], []) if node.kind in _OUTSIDE else top).append(found)
    top += [Branch("group", name, None, _ranges(members)) for name, members in groups.items()]
    return Branch("project", "", None, _ranges(top))


def _branches(inside: Mapping[str, Sequence[Node]]) -> dict[str, Branch]:
    """Every node with all below it, by its id; the lowest are made first, however deep folders nest."""
    made: dict[str, Branch] = {}
    for node, _, is_end in walk(inside):
        below = inside.get(node.id, ())
        if bool(below) != is_end:
            continue
        if node.kind == "folder" and len(below) == 1 and below[0].kind == "folder":
            only = made.pop(below[0].id)
            joined = (node.id, *only.joined)
            made[node.id] = Branch(only.kind, f"{node.name}/{only.name}", only.node, only.children, joined)
            continue
        ordered = sorted(below, key=lambda child: child.line) if node.kind in ("file", "unit") else below
        made[node.id] = Branch(node.kind, node.name, node, _ranges([made.pop(child.id) for child in ordered]))
    return made


def _ranges(children: list[Branch]) -> list[Branch]:
    """The children, in ranges of about the same number where they are too many; ranges of ranges where need be."""
    code = bool(children) and children[0].kind == "unit"
    if len(children) <= (WIDEST_CODE if code else WIDEST):
        return children
    count = min(ceil(sqrt(len(children))), WIDEST)
    size = ceil(len(children) / count)
    parts = [children[start : start + size] for start in range(0, len(children), size)]
    return [Branch("range", _range_name(part), None, _ranges(part)) for part in parts]


def _range_name(part: Sequence[Branch]) -> str:
    return part[0].name if len(part) == 1 else f"{part[0].name} … {part[-1].name}"

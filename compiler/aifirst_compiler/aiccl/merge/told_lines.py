"""What the lines of a file are to be after some changes of a document: the law that a merge is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aifirst_compiler.aiccl.merge.find_changes import Change, Node, trees_of
from aifirst_compiler.aiccl.outline.read import UnitLine


class Told(NamedTuple):
    """A line: how deep it stands, the unit's name in its holder, and what is told of it."""

    depth: int
    own: str
    text: str


def told_of(lines: Iterable[UnitLine]) -> dict[str, str]:
    """What is told of each unit, by its name."""
    return {line.name: line.text for line in lines if line.held}


def told_after(lines: Sequence[UnitLine], changes: Iterable[Change]) -> list[Told]:
    """The file's lines with the changes made."""
    ((_, root),) = trees_of(lines).items()
    nodes = {node.line.name: node for node in root.walk()}
    above = {id(child): node for node in nodes.values() for child in node.children}
    for change in changes:
        if change.before is None:
            _add(nodes, change)
            continue
        node = nodes.get(change.before.line.name)
        if node is None:
            continue
        if change.after is None:
            holder = above.get(id(node))
            if holder is not None and any(child is node for child in holder.children):
                holder.children = [child for child in holder.children if child is not node]
        else:
            node.line = node.line._replace(own=change.after.line.own, text=change.after.line.text)
    return [Told(node.line.depth, node.line.own, node.line.text) for node in root.walk()]


def _add(nodes: dict[str, Node], change: Change) -> None:
    if change.after is None or change.holder is None:
        return
    holder = nodes.get(change.holder.line.name)
    if holder is None:
        return
    behind = nodes.get(change.behind.line.name) if change.behind is not None else None
    ahead = nodes.get(change.ahead.line.name) if change.ahead is not None else None
    place = len(holder.children)
    for index, child in enumerate(holder.children):
        if child is ahead and behind is None:
            place = index
        elif child is behind:
            place = index + 1
    while (
        place < len(holder.children)
        and holder.children[place].line.held
        and _is_new(holder.children[place], nodes)
    ):
        place += 1
    holder.children.insert(place, change.after)


def _is_new(node: Node, nodes: dict[str, Node]) -> bool:
    return nodes.get(node.line.name) is not node

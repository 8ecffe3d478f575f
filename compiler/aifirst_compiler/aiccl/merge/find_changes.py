"""What was changed in a document: its units before and after, matched by name, and by place where they were renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from aifirst_compiler.aiccl.merge.merge_result import ChangeKind
from aifirst_compiler.aiccl.outline.read import UnitLine

_TELLING = 12
"""Characters of a body from which on it is told which unit it is: `return x` is that of many."""

_ALIKE = 0.6
"""How much of two bodies has to be the same for them to be one unit's."""
_MOST_COMPARED = 2500
"""Pairs of units that are compared: more were no edit by hand."""


@dataclass(slots=True)
class Node:
    """A unit of a document and those that it holds. What stands for the file is the root."""

    line: UnitLine
    children: list[Node] = field(default_factory=list["Node"])

    def walk(self) -> Iterator[Node]:
        """The node and all below it, in order."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


class Change(NamedTuple):
    """One change. `before` is None for what was added, `after` for what was removed.

    `behind` is the unit that an added one follows among those that its holder had, `ahead` the one that it precedes.
    """

    kind: ChangeKind
    before: Node | None
    after: Node | None
    behind: Node | None = None
    ahead: Node | None = None
    holder: Node | None = None


def line_of(change: Change) -> UnitLine | None:
    """The line that names the change: as it is after it, where there is one."""
    node = change.after or change.before
    return node.line if node is not None else None


def trees_of(lines: Iterable[UnitLine]) -> dict[str, Node]:
    """The units of each file as a tree, by path."""
    roots: dict[str, Node] = {}
    stack: list[Node] = []
    for line in lines:
        node = Node(line)
        del stack[line.depth :]
        if stack:
            stack[-1].children.append(node)
        else:
            roots[line.path] = node
        stack.append(node)
    return roots


def find_changes(before: Node, after: Node) -> list[Change]:
    """The changes between two trees of one file, those of holders before those of what they hold."""
    changes: list[Change] = []
    stack = [(before, after)]
    while stack:
        old, new = stack.pop()
        if old.line.own != new.line.own:
            changes.append(Change("renamed", old, new))
        elif old.line.text != new.line.text:
            changes.append(Change("changed", old, new))
        pairs = _pairs(old.children, new.children)
        order = [old.children.index(left) for left, _ in pairs]
        if any(left > right for left, right in pairwise(order)):
            changes.append(Change("moved", old, new))
        matched = {id(right): left for left, right in pairs}
        kept = {id(left) for left, _ in pairs}
        changes.extend(Change("removed", child, None) for child in old.children if id(child) not in kept)
        changes.extend(_added(old, new, matched))
        stack.extend(reversed(pairs))
    return changes


def _added(old: Node, new: Node, matched: dict[int, Node]) -> list[Change]:
    """What was added to a holder; of several in a row, each names the same neighbours."""
    found: list[Change] = []
    behind: Node | None = None
    for place, child in enumerate(new.children):
        if id(child) in matched:
            behind = matched[id(child)]
            continue
        ahead = next((matched[id(node)] for node in new.children[place:] if id(node) in matched), None)
        found.append(Change("added", None, child, behind, ahead, old))
    return found


def _pairs(old: Sequence[Node], new: Sequence[Node]) -> list[tuple[Node, Node]]:
    """Units that are the same one, in the order after the change."""
    pairs = _pair_by_name(old, new)
    taken = {id(node) for node in pairs.values()}
    matcher = SequenceMatcher(
        None, [node.line.own for node in old], [node.line.own for node in new], autojunk=False
    )
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind != "replace" or left_end - left != right_end - right:
            continue
        for before, after in zip(old[left:left_end], new[right:right_end], strict=True):
            if id(before) not in taken and id(after) not in pairs and _is_alike(before, after):
                pairs[id(after)] = before
    _pair_by_body(old, new, pairs)
    return [(pairs[id(node)], node) for node in new if id(node) in pairs]


def _pair_by_name(old: Sequence[Node], new: Sequence[Node]) -> dict[int, Node]:
    """The old unit of every new one that has its name; of several of one name, that which says the same of itself."""
    names = {node.line.own: node for node in old}
    pairs: dict[int, Node] = {}
    chosen: dict[str, Node] = {}
    for node in new:
        before = names.get(node.line.own)
        if before is None:
            continue
        other = chosen.get(node.line.own)
        if other is not None and _is_alike(before, other) >= _is_alike(before, node):
            continue
        if other is not None:
            del pairs[id(other)]
        chosen[node.line.own] = node
        pairs[id(node)] = before
    return pairs


def _pair_by_body(old: Sequence[Node], new: Sequence[Node], pairs: dict[int, Node]) -> None:
    """Add units that say much the same of what they do, wherever they stand, those that are most alike first.

    A unit that was renamed and changed would else be removed with all of its source that no line shows.
    """
    taken = {id(node) for node in pairs.values()}
    gone = [node for node in old if id(node) not in taken and len(node.line.body) >= _TELLING]
    come = [node for node in new if id(node) not in pairs and len(node.line.body) >= _TELLING]
    if not gone or len(gone) * len(come) > _MOST_COMPARED:
        return
    for _, place, at in sorted(_likenesses(gone, come)):
        if id(gone[place]) not in taken and id(come[at]) not in pairs:
            taken.add(id(gone[place]))
            pairs[id(come[at])] = gone[place]


def _likenesses(gone: Sequence[Node], come: Sequence[Node]) -> Iterator[tuple[float, int, int]]:
    """How much alike bodies are, below zero, and the places of the two units, for those that are alike enough."""
    for place, before in enumerate(gone):
        matcher = SequenceMatcher(None, "", before.line.body, autojunk=False)
        for at, after in enumerate(come):
            matcher.set_seq1(after.line.body)
            if matcher.quick_ratio() >= _ALIKE and (ratio := matcher.ratio()) >= _ALIKE:
                yield -ratio, place, at


def _is_alike(before: Node, after: Node) -> bool:
    """Whether a unit with another name in the same place is the same unit: it says the same of itself or of its body."""
    if before.children and [node.line.own for node in before.children] == [
        node.line.own for node in after.children
    ]:
        return True
    return before.line.head == after.line.head or (before.line.body == after.line.body != "")

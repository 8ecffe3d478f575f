"""Which nodes lie in which, for formats that draw boxes inside boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aifirst_memory.dependencies.model import Node


def children_of(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    """The nodes directly in each node by its id, in their order; those at the top, or in none of these, by ``.

    A parent that would make a circle counts as none, so that a walk from the top ends and meets every node once.
    """
    known = {node.id: node for node in nodes}
    found: dict[str, list[Node]] = {}
    for node in known.values():
        inside = node.parent in known and not _is_circular(node, known)
        found.setdefault(node.parent if inside else "", []).append(node)
    return found


def _is_circular(node: Node, known: dict[str, Node]) -> bool:
    seen: set[str] = set()
    at = known.get(node.parent)
    while at is not None and at.id not in seen:
        if at.id == node.id:
            return True
        seen.add(at.id)
        at = known.get(at.parent)
    return False


def walk(inside: Mapping[str, Sequence[Node]]) -> Iterator[tuple[Node, int, bool]]:
    """Every node with its depth (1 at the top) in the order of a text that nests them.

    A node that holds others comes again after them, marked with True. Folders may nest deeper than Python calls.
    """
    waiting = [(node, 1, False) for node in reversed(inside.get("", ()))]
    while waiting:
        node, depth, is_end = waiting.pop()
        yield node, depth, is_end
        if not is_end and node.id in inside:
            waiting.append((node, depth, True))
            waiting.extend((child, depth + 1, False) for child in reversed(inside[node.id]))

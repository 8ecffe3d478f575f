"""Destructuring: what each name of a pattern is bound to."""

from __future__ import annotations

from aifirst_memory.dependencies.ecmascript.facts import (
    ITERATE,
    NONE,
    READ,
    Arr,
    Element,
    Iterated,
    Member,
    Without,
)
from aifirst_memory.dependencies.ecmascript.lower.lowering import Lowering, Node


def bind_pattern(
    low: Lowering, node: Node, source: int, *, declare: bool = True, hoisted: bool = False
) -> None:
    """Bind the names of a pattern to parts of a value; `declare` them first or assign to names that are there."""
    kind = node.type
    if kind in ("identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier"):
        text = low.text(node)
        if declare:
            low.bind(low.declare(text, hoisted=hoisted), source)
        else:
            low.write(text, "", source)
    elif kind == "object_pattern":
        for child in node.named_children:
            _bind_property(low, child, source, declare=declare, hoisted=hoisted)
    elif kind == "array_pattern":
        _bind_elements(low, node, source, declare=declare, hoisted=hoisted)
    elif kind in ("assignment_pattern", "object_assignment_pattern"):
        value = low.expr(node.child_by_field_name("right"))
        left = node.child_by_field_name("left")
        if left is not None:
            bind_pattern(low, left, low.either([source, value]), declare=declare, hoisted=hoisted)
    elif kind == "rest_pattern" and node.named_child_count:
        bind_pattern(low, node.named_children[0], source, declare=declare, hoisted=hoisted)
    elif kind == "member_expression":
        low.expr(node)


def _bind_property(low: Lowering, child: Node, source: int, *, declare: bool, hoisted: bool) -> None:
    kind = child.type
    if kind == "pair_pattern":
        key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
        if key is None or value is None:
            return
        if key.type == "computed_property_name":
            low.walk_children(key)
        part = _part(low, child, source, low.text(key).strip("\"'"))
        bind_pattern(low, value, part, declare=declare, hoisted=hoisted)
    elif kind in ("shorthand_property_identifier_pattern", "shorthand_property_identifier"):
        part = _part(low, child, source, low.text(child))
        bind_pattern(low, child, part, declare=declare, hoisted=hoisted)
    elif kind in ("object_assignment_pattern", "assignment_pattern"):
        left = child.child_by_field_name("left")
        if left is not None:
            value = low.expr(child.child_by_field_name("right"))
            part = low.either([_part(low, child, source, low.text(left)), value])
            bind_pattern(low, left, part, declare=declare, hoisted=hoisted)
    elif kind == "rest_pattern" and child.named_child_count:
        rest = low.add(Without(source)) if source != NONE else NONE
        bind_pattern(low, child.named_children[0], rest, declare=declare, hoisted=hoisted)


def _part(low: Lowering, node: Node, source: int, name: str) -> int:
    if source == NONE:
        return NONE
    at = low.add(Member(source, name))
    low.site(READ, at, node)
    return at


def _bind_elements(low: Lowering, node: Node, source: int, *, declare: bool, hoisted: bool) -> None:
    low.site(ITERATE, source, node)
    at = 0
    for child in node.children:
        if child.type == ",":
            at += 1
        elif child.is_named:
            part = NONE
            if source != NONE:
                rest = child.type == "rest_pattern"
                part = low.add(Arr([low.add(Iterated(source))]) if rest else Element(source, at))
            bind_pattern(low, child, part, declare=declare, hoisted=hoisted)


def iterated(low: Lowering, source: int, node: Node) -> int:
    """What a loop over a value binds."""
    if source == NONE:
        return NONE
    low.site(ITERATE, source, node)
    return low.add(Iterated(source))

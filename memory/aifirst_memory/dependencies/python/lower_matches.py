"""Lowers `match` statements, with their patterns.

A pattern is ["name", n], ["value", form], ["class", form, parts, [[name, part]]], ["sequence", parts],
["mapping", parts], ["or", parts], ["as", part, name] or ["rest", name]; None where it binds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.lowering import MAX_DEPTH, Lowering, Node, first_named, named

_PATTERNS: Final = {
    "list_pattern": "sequence", "tuple_pattern": "sequence", "union_pattern": "or", "dict_pattern": "mapping",
}  # fmt: skip


def lower_match(low: Lowering, node: Node, depth: int) -> list[Any]:
    """A `match` statement."""
    line = low.row + 1
    subjects = low.lower_all(node.children_by_field_name("subject"), depth)
    cases: list[list[Any]] = []
    body = low.field(node, "body")
    for clause in body.named_children if body is not None else ():
        if clause.type != "case_clause":
            continue
        low.begin(clause)
        pattern = [
            _pattern(low, child, depth) for child in clause.named_children if child.type == "case_pattern"
        ]
        guard = low.field(clause, "guard")
        test = low.lower(first_named(guard), depth) if guard is not None else None
        line_of_case = low.row + 1
        block = low.block(low.field(clause, "consequence"), depth)
        cases.append([line_of_case, pattern[0] if len(pattern) == 1 else ["sequence", pattern], test, block])
    return [forms.MATCH, line, subjects[0] if len(subjects) == 1 else [forms.TUPLE, subjects], cases]


def _pattern(low: Lowering, node: Node | None, depth: int) -> Form:
    inner = named(node) if node is not None else ()
    if node is None or not inner:
        return None
    if depth > MAX_DEPTH:
        low.leave_out(node)
        return None
    depth += 1
    kind = node.type
    if kind == "case_pattern":
        return _pattern(low, inner[0], depth)
    if kind == "dotted_name":
        return _name_pattern(low, node, depth)
    if kind == "class_pattern":
        return _class_pattern(low, inner, depth)
    if kind == "as_pattern":
        return ["as", _pattern(low, inner[0], depth), low.text(inner[-1])]
    if kind == "splat_pattern":
        return ["rest", low.text(inner[-1])]
    name = _PATTERNS.get(kind)
    if name is None:
        return None
    return [name, [_pattern(low, child, depth) for child in inner if child.type != "string"]]


def _name_pattern(low: Lowering, node: Node, depth: int) -> Form:
    if node.named_child_count > 1:
        return ["value", low.lower(node, depth)]
    return None if low.text(node) == "_" else ["name", low.text(node)]


def _class_pattern(low: Lowering, inner: Sequence[Node], depth: int) -> Form:
    parts: list[Form] = []
    named_parts: list[list[Any]] = []
    for child in inner[1:]:
        part = first_named(child)
        if part is not None and part.type == "keyword_pattern":
            sides = part.named_children
            named_parts.append([low.text(sides[0]), _pattern(low, sides[-1], depth)])
        else:
            parts.append(_pattern(low, child, depth))
    return ["class", low.lower(inner[0], depth), parts, named_parts]

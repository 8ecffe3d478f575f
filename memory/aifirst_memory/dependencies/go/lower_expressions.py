"""How Go's expressions are lowered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import tree_sitter

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Call,
    Constant,
    Convert,
    Form,
    Index,
    Make,
    Member,
    Name,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.go.lower import DEEPEST, EMPTY, NIL, Lowering, Rule
from aifirst_memory.dependencies.go.lower_types import (
    line_of,
    lower_type,
    text_of,
)

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})


def _name(_: Lowering, node: tree_sitter.Node) -> Form:
    return Name(text_of(node), line_of(node))


def _inside(low: Lowering, node: tree_sitter.Node) -> Form:
    return next((low.lower(part) for part in node.named_children if part.type != "comment"), EMPTY)


def _unary(low: Lowering, node: tree_sitter.Node) -> Form:
    operand = node.child_by_field_name("operand")
    if operand is None:
        return EMPTY
    sign = node.children[0].type
    if sign == "<-":
        return Index(low.lower(operand), (), line_of(node))
    return low.lower(operand) if sign in ("&", "*") else Several((low.lower(operand),))


def _binary(low: Lowering, node: tree_sitter.Node) -> Form:
    items: list[Form] = []
    at: tree_sitter.Node | None = node
    operators: set[str] = set()
    # A sum of thousands of parts leans to the left: it is walked, not descended.
    while at is not None and at.type == "binary_expression":
        right, operator = at.child_by_field_name("right"), at.child_by_field_name("operator")
        if right is not None:
            items.append(low.lower(right))
        operators.add(operator.type if operator is not None else "")
        at = at.child_by_field_name("left")
    if at is not None:
        items.append(low.lower(at))
    kept = tuple(form for form in reversed(items) if not isinstance(form, Constant))
    return Several(kept, TypeRef("bool") if operators & _COMPARISONS else UNKNOWN)


def _selector(low: Lowering, node: tree_sitter.Node) -> Form:
    names: list[tree_sitter.Node] = []
    at: tree_sitter.Node | None = node
    while at is not None and at.type == "selector_expression":
        field = at.child_by_field_name("field")
        if field is not None:
            names.append(field)
        at = at.child_by_field_name("operand")
    form = low.lower(at) if at is not None else EMPTY
    for name in reversed(names):
        form = Member(form, text_of(name), line_of(name))
    return form


def _call(low: Lowering, node: tree_sitter.Node) -> Form:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None:
        return low.parts(node)
    types = node.child_by_field_name("type_arguments")
    given = tuple(lower_type(part) for part in types.named_children) if types is not None else ()
    called = low.lower(function)
    parts = arguments.named_children if arguments is not None else []
    args = tuple(low.lower(part) for part in parts if part.type != "comment")
    line = called.line if isinstance(called, Name | Member) else line_of(node)
    low.flows.called(called, args)
    return Call(called, args, line, given)


def _conversion(low: Lowering, node: tree_sitter.Node) -> Form:
    written, operand = node.child_by_field_name("type"), node.child_by_field_name("operand")
    type_, line = lower_type(written), line_of(node)
    value = low.lower(operand) if operand is not None else EMPTY
    if written is None or written.type != "generic_type":
        return Convert(type_, value, line)
    # `f[int](x)` calls a function or converts to a type: its name will say.
    first, _, last = type_.name.rpartition(".")
    called = Member(Name(first, line), last, line) if first else Name(last, line)
    return Call(called, (value,), line, type_.args)


def _assertion(low: Lowering, node: tree_sitter.Node) -> Form:
    operand = node.child_by_field_name("operand")
    value = low.lower(operand) if operand is not None else EMPTY
    return Convert(lower_type(node.child_by_field_name("type")), value, line_of(node))


def _index(low: Lowering, node: tree_sitter.Node) -> Form:
    operand = node.child_by_field_name("operand")
    keys = low.all(part for part in node.named_children if part != operand)
    of = low.lower(operand) if operand is not None else EMPTY
    return Index(of, keys, line_of(node))


def _slice(low: Lowering, node: tree_sitter.Node) -> Form:
    """A part of a list is a list like it: `a[i:j]` is written as `append(a, …)` is understood."""
    operand = node.child_by_field_name("operand")
    rest = low.all(part for part in node.named_children if part != operand)
    of = low.lower(operand) if operand is not None else EMPTY
    return Call(Name("append", 0), (of, *rest), 0)


def _composite(low: Lowering, node: tree_sitter.Node) -> Form:
    type_, body = lower_type(node.child_by_field_name("type")), node.child_by_field_name("body")
    return _made(low, type_, body, line_of(node))


def _made(low: Lowering, type_: TypeRef, body: tree_sitter.Node | None, line: int) -> Form:
    items: list[Form] = []
    keys: list[Form | None] = []
    for part in body.named_children if body is not None else ():
        if part.type == "keyed_element":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if key is None:
                key, value = part.named_children[0], part.named_children[-1]
            keys.append(_element(low, key))
            items.append(_element(low, value))
        elif part.type in ("literal_element", "literal_value"):
            keys.append(None)
            items.append(_element(low, part))
    for key, item in zip(keys, items, strict=True):
        if isinstance(key, Name):
            low.flows.stored(type_, key.name, item)
    return Make(type_, tuple(items), tuple(keys), line)


def _element(low: Lowering, node: tree_sitter.Node | None) -> Form:
    if node is None:
        return NIL
    if node.type == "literal_element" and node.named_children:
        node = node.named_children[0]
    if node.type != "literal_value":
        return low.lower(node)
    if low.depth >= DEEPEST:
        return NIL
    low.depth += 1
    form = _made(low, UNKNOWN, node, line_of(node))
    low.depth -= 1
    return form


def _literal(low: Lowering, node: tree_sitter.Node) -> Form:
    at = low.reading.unit_at(node.start_byte)
    unit = low.reading.units[at]
    named = unit.name if unit.kind == "function" and unit.name != low.unit else ""
    form = low.body_of(node, named)
    if named:
        low.nested.append(form)
    return form


EXPRESSIONS: Final[Mapping[str, Rule]] = {
    "identifier": _name,
    "parenthesized_expression": _inside,
    "expression_statement": _inside,
    "go_statement": _inside,
    "defer_statement": _inside,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "selector_expression": _selector,
    "call_expression": _call,
    "type_conversion_expression": _conversion,
    "type_assertion_expression": _assertion,
    "index_expression": _index,
    "type_instantiation_expression": _index,
    "slice_expression": _slice,
    "composite_literal": _composite,
    "func_literal": _literal,
}

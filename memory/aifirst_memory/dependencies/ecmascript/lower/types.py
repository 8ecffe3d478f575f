"""Types: what they say of which class or function a value is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import (
    NONE,
    OBJECT,
    READ,
    TYPE,
    ArrayType,
    FunctionType,
    ImportType,
    LookupType,
    Member,
    TupleType,
)
from aifirst_memory.dependencies.ecmascript.lower.classes import object_type
from aifirst_memory.dependencies.ecmascript.lower.functions import lower_signature, type_params
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node


def named_type(low: Lowering, node: Node, *, silent: bool = False) -> int:
    """A type by its name, with or without arguments; a reference unless `silent`."""
    args: list[int] = []
    name: Node | None = node
    if node.type == "generic_type":
        name = node.child_by_field_name("name")
        given = node.child_by_field_name("type_arguments")
        args = [low.type(child) for child in given.named_children] if given is not None else []
    if name is None or name.type not in (
        "type_identifier",
        "nested_type_identifier",
        "identifier",
        "nested_identifier",
    ):
        return low.type(name) if name is not None and name is not node else NONE
    first, *rest = [part.strip() for part in low.text(name).split(".")]
    at = low.type_name(first, rest[:8], args)
    if not silent:
        low.site(TYPE, at, name)
    return at


def _named(low: Lowering, node: Node) -> int:
    return named_type(low, node)


def _inner(low: Lowering, node: Node) -> int:
    found = NONE
    for child in node.named_children:
        at = low.type(child)
        found = at if found == NONE else found
    return found


def _last(low: Lowering, node: Node) -> int:
    found = NONE
    for child in node.named_children:
        found = low.type(child)
    return found


def _no_value(low: Lowering, node: Node) -> int:
    for child in node.named_children:
        low.type(child)
    return NONE


def _either(low: Lowering, node: Node) -> int:
    return low.either([low.type(child) for child in node.named_children])


def _array(low: Lowering, node: Node) -> int:
    return low.add(ArrayType(_inner(low, node)))


def _tuple(low: Lowering, node: Node) -> int:
    return low.add(TupleType([low.type(child) for child in node.named_children]))


def _function(low: Lowering, node: Node) -> int:
    return low.add(FunctionType(lower_signature(low, node)))


def _conditional(low: Lowering, node: Node) -> int:
    low.type(node.child_by_field_name("left"))
    low.type(node.child_by_field_name("right"))
    chosen = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
    return low.either([low.type(child) for child in chosen])


def _lookup(low: Lowering, node: Node) -> int:
    children = node.named_children
    of = low.type(children[0]) if children else NONE
    key = low.text(children[1]) if len(children) > 1 else ""
    if len(children) > 1:
        low.type(children[1])
    if of == NONE:
        return NONE
    return low.add(LookupType(of, key[1:-1] if key[:1] in ("'", '"') else ""))


def _type_of(low: Lowering, node: Node) -> int:
    """`typeof x.y`: the value."""
    inner = node.named_children[0] if node.named_child_count else None
    if inner is None:
        return NONE
    if inner.type == "call_expression":
        return _import(low, inner, value=True)
    parts = [part.strip() for part in low.text(inner).split(".")]
    if inner.type not in ("identifier", "member_expression") or parts[0] == "this":
        return NONE
    at = low.name(parts[0])
    low.site(OBJECT if len(parts) > 1 else READ, at, inner)
    for part in parts[1:8]:
        at = low.add(Member(at, part))
    if len(parts) > 1:
        low.site(READ, at, inner)
    return at


def _this(low: Lowering, _node: Node) -> int:
    """The type `this`: of the class that the receiver is of."""
    return low.add(low.this) if low.this is not None and low.this.kind == "i" else NONE


def _import(low: Lowering, node: Node, rest: list[str] | None = None, *, value: bool = False) -> int:
    """`import("module")` in a type."""
    given = node.child_by_field_name("arguments")
    text = next((low.text(c)[1:-1] for c in given.named_children if c.type == "string"), "") if given else ""
    if not text:
        return NONE
    low.import_site(text, tuple((rest or [])[:1]), node)
    at = low.add(ImportType(text, rest or [], value))
    low.site(TYPE, at, node)
    return at


def _import_member(low: Lowering, node: Node) -> int:
    rest: list[str] = []
    inner: Node | None = node
    while inner is not None and inner.type == "member_expression":
        name = inner.child_by_field_name("property")
        rest.insert(0, low.text(name) if name is not None else "")
        inner = inner.child_by_field_name("object")
    return _import(low, inner, rest) if inner is not None and inner.type == "call_expression" else NONE


def _mapped(low: Lowering, node: Node) -> int:
    with low.in_scope():
        type_params(low, node, [])
        low.walk_children(node)
    return NONE


def _infer(low: Lowering, node: Node) -> int:
    if node.named_child_count:
        low.declare(low.text(node.named_children[0]))
    for child in node.named_children[1:]:
        low.type(child)
    return NONE


TYPES: Final[Mapping[str, Handler]] = {
    "type_identifier": _named,
    "nested_type_identifier": _named,
    "generic_type": _named,
    "type_annotation": _inner,
    "parenthesized_type": _inner,
    "readonly_type": _inner,
    "optional_type": _inner,
    "rest_type": _inner,
    "flow_maybe_type": _inner,
    "opting_type_annotation": _inner,
    "omitting_type_annotation": _inner,
    "adding_type_annotation": _inner,
    "constraint": _inner,
    "default_type": _inner,
    "type_arguments": _no_value,
    "index_type_query": _no_value,
    "template_literal_type": _no_value,
    "template_type": _no_value,
    "asserts_annotation": _no_value,
    "asserts": _no_value,
    "type_predicate_annotation": _no_value,
    "type_predicate": _no_value,
    "union_type": _either,
    "intersection_type": _either,
    "array_type": _array,
    "tuple_type": _tuple,
    "required_parameter": _last,
    "function_type": _function,
    "constructor_type": _function,
    "object_type": object_type,
    "conditional_type": _conditional,
    "lookup_type": _lookup,
    "type_query": _type_of,
    "this_type": _this,
    "infer_type": _infer,
    "mapped_type_clause": _mapped,
}
"""`call_expression` and `member_expression` stand for imports only inside types; see `TYPES_ONLY`."""
TYPES_ONLY: Final[Mapping[str, Handler]] = {
    **TYPES,
    "call_expression": _import,
    "member_expression": _import_member,
}

"""How Java's expressions are lowered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import tree_sitter

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Assign,
    Call,
    Compute,
    Construct,
    Convert,
    Either,
    Form,
    Function,
    Index,
    Make,
    Member,
    Mention,
    Name,
    Pattern,
    Refer,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.java.lower import EMPTY, Lowering, Rule
from aifirst_memory.dependencies.java.lower_types import (
    line_of,
    lower_params,
    lower_type,
    text_of,
)

_LONGEST = 60
"""Calls of a chain whose results are followed; before those only their arguments are looked at."""
_BOOLEAN = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})


def _name(_: Lowering, node: tree_sitter.Node) -> Form:
    return Name(text_of(node), line_of(node))


def _access(low: Lowering, node: tree_sitter.Node) -> Form:
    names: list[tree_sitter.Node] = []
    at: tree_sitter.Node | None = node
    while at is not None and at.type in ("field_access", "scoped_identifier"):
        field = at.child_by_field_name("field") or at.child_by_field_name("name")
        if field is not None:
            names.append(field)
        at = at.child_by_field_name("object") or at.child_by_field_name("scope")
    form = low.maybe(at)
    for name in reversed(names[-_LONGEST:]):
        form = Member(form, text_of(name), line_of(name))
    return form


def _invocation(low: Lowering, node: tree_sitter.Node) -> Form:
    chain: list[tree_sitter.Node] = []
    at: tree_sitter.Node | None = node
    while at is not None and at.type == "method_invocation":
        chain.append(at)
        at = at.child_by_field_name("object")
    of = low.maybe(at) if at is not None else None
    if len(chain) > _LONGEST:
        before = [
            arg
            for link in reversed(chain[_LONGEST:])
            for arg in low.args(link.child_by_field_name("arguments"))
        ]
        of = Several(((of,) if of is not None else ()) + tuple(before))
        chain = chain[:_LONGEST]
    for link in reversed(chain):
        of = _link(low, link, of)
    return of if of is not None else EMPTY


def _link(low: Lowering, node: tree_sitter.Node, of: Form | None) -> Form:
    name = node.child_by_field_name("name")
    line = line_of(name if name is not None else node)
    if of is not None and any(part.type == "super" for part in node.children[1:4]):
        of = Member(of, "super", line)
    function = Name(text_of(name), line) if of is None else Member(of, text_of(name), line)
    types = node.child_by_field_name("type_arguments")
    given = tuple(lower_type(part) for part in types.named_children) if types is not None else ()
    args = low.args(node.child_by_field_name("arguments"))
    low.called(function, args)
    return Call(function, args, line, given)


def _constructor_call(low: Lowering, node: tree_sitter.Node) -> Form:
    called = node.child_by_field_name("constructor")
    args = low.args(node.child_by_field_name("arguments"))
    outer = node.child_by_field_name("object")
    call = Call(Name(text_of(called), line_of(node)), args, line_of(node))
    return call if outer is None else Several((low.lower(outer), call))


def _creation(low: Lowering, node: tree_sitter.Node) -> Form:
    written = node.child_by_field_name("type")
    type_, line = lower_type(written), line_of(node)
    args = low.args(node.child_by_field_name("arguments"))
    first = node.named_children[0] if node.named_children else None
    is_outer = (
        first is not None
        and first != written
        and first.type not in ("type_arguments", "argument_list", "class_body")
    )
    outer = low.lower(first) if first is not None and is_outer and "annotation" not in first.type else None
    body = next((part for part in node.named_children if part.type == "class_body"), None)
    return Construct(type_, args, line, None if body is None else low.anonymous(node, type_, body), outer)


def _lambda(low: Lowering, node: tree_sitter.Node) -> Form:
    unit = low.reading.units[low.reading.unit_at(node.start_byte)]
    named = unit.name if unit.kind == "function" and unit.name != low.unit else ""
    around, low.unit = low.unit, named or low.unit
    params, body = lower_params(node.child_by_field_name("parameters")), node.child_by_field_name("body")
    forms: tuple[Form, ...] = ()
    value: Form | None = None
    if body is not None and body.type == "block":
        forms = low.all(body.named_children)
    elif body is not None:
        value = low.lower(body)
    low.unit = around
    return Function(named, params, (), forms, value=value)


def _reference(low: Lowering, node: tree_sitter.Node) -> Form:
    parts = [part for part in node.named_children if part.type != "type_arguments"]
    name = text_of(parts[-1]) if len(parts) > 1 else "new"
    return Refer(low.maybe(parts[0] if parts else None), name, line_of(node))


def _instance_of(low: Lowering, node: tree_sitter.Node) -> Form:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    name, pattern = node.child_by_field_name("name"), node.child_by_field_name("pattern")
    if right is not None:
        matched: Form = Pattern(lower_type(right), text_of(name), line_of(right))
    else:
        matched = low.maybe(pattern)
    return Several((low.maybe(left), matched), TypeRef("boolean"))


def _cast(low: Lowering, node: tree_sitter.Node) -> Form:
    types = node.children_by_field_name("type")
    value = low.maybe(node.child_by_field_name("value"))
    more = tuple(Mention(lower_type(type_), line_of(type_)) for type_ in types[1:])
    form = Convert(lower_type(types[0] if types else None), value, line_of(node))
    return Several((*more, form)) if more else form


def _array(low: Lowering, node: tree_sitter.Node) -> Form:
    type_ = lower_type(node.child_by_field_name("type"))
    dimensions = node.children_by_field_name("dimensions")
    for part in dimensions:
        for _ in range(max(1, text_of(part).count("[") if part.type == "dimensions" else 1)):
            type_ = TypeRef("[]", (type_,))
    sizes = low.all(size for part in dimensions for size in part.named_children)
    value = node.child_by_field_name("value")
    items = low.args(value) if value is not None else ()
    every = (*items, *sizes)
    return Make(type_, every, (None,) * len(every), line_of(node))


def _initializer(low: Lowering, node: tree_sitter.Node) -> Form:
    items = low.args(node)
    return Make(UNKNOWN, items, (None,) * len(items), line_of(node))


def _ternary(low: Lowering, node: tree_sitter.Node) -> Form:
    condition = low.maybe(node.child_by_field_name("condition"))
    sides = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
    return Either((Several((condition,)), *map(low.maybe, sides)))


def _binary(low: Lowering, node: tree_sitter.Node) -> Form:
    items: list[Form] = []
    at: tree_sitter.Node | None = node
    signs: set[str] = set()
    # A sum of thousands of parts leans to the left: it is walked, not descended.
    while at is not None and at.type == "binary_expression":
        sign = at.child_by_field_name("operator")
        signs.add(sign.type if sign is not None else "")
        items.append(low.maybe(at.child_by_field_name("right")))
        at = at.child_by_field_name("left")
    items.append(low.maybe(at))
    kept = tuple(reversed(items))
    return Several(kept, TypeRef("boolean")) if signs & _BOOLEAN else Compute(kept, "+" in signs)


def _unary(low: Lowering, node: tree_sitter.Node) -> Form:
    operand = low.maybe(node.child_by_field_name("operand"))
    return Several((operand,), TypeRef("boolean")) if node.children[0].type == "!" else operand


def _assignment(low: Lowering, node: tree_sitter.Node) -> Form:
    target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    return Assign((low.maybe(target),), (low.maybe(value),), line_of(node))


def _class_literal(low: Lowering, node: tree_sitter.Node) -> Form:
    return Several((low.parts(node),), TypeRef("Class", (lower_type(node.named_children[0]),)))


def _index(low: Lowering, node: tree_sitter.Node) -> Form:
    index = low.maybe(node.child_by_field_name("index"))
    return Index(low.maybe(node.child_by_field_name("array")), (index,), line_of(node))


EXPRESSIONS: Final[Mapping[str, Rule]] = {
    "identifier": _name,
    "this": _name,
    "super": _name,
    "field_access": _access,
    "scoped_identifier": _access,
    "method_invocation": _invocation,
    "explicit_constructor_invocation": _constructor_call,
    "object_creation_expression": _creation,
    "lambda_expression": _lambda,
    "method_reference": _reference,
    "instanceof_expression": _instance_of,
    "cast_expression": _cast,
    "array_creation_expression": _array,
    "array_initializer": _initializer,
    "element_value_array_initializer": _initializer,
    "ternary_expression": _ternary,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "assignment_expression": _assignment,
    "class_literal": _class_literal,
    "array_access": _index,
}

"""Classes, interfaces, enums, namespaces and type aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import (
    ABSTRACT,
    CLASS,
    EXTENDS,
    FIELD,
    GETTER,
    IMPLEMENTS,
    NONE,
    SETTER,
    STATIC,
    Cast,
    Class,
    ClassMember,
    ClassOf,
    Fn,
    ObjectType,
    This,
)
from aifirst_memory.dependencies.ecmascript.lower.expressions import callee, string_text
from aifirst_memory.dependencies.ecmascript.lower.functions import (
    FUNCTIONS,
    decorator,
    lower_function,
    lower_signature,
    named_value,
    type_params,
    value_name,
)
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node

_METHODS: Final = frozenset(("method_definition", "method_signature", "abstract_method_signature"))
_FIELDS: Final = frozenset(("public_field_definition", "field_definition"))


def _new_class(low: Lowering, unit: int, kind: str) -> tuple[Class, int]:
    made = Class(low.units[unit], kind, unit != low.unit, [], [], [], {}, {}, [])
    low.chunk.classes.append(made)
    return made, len(low.chunk.classes) - 1


def lower_class(low: Lowering, node: Node, unit: int, decorators: list[Node] | None = None) -> int:
    """A class, whose code is that of a unit; the expression for it."""
    made, at = _new_class(low, unit, "class")
    made.abstract = node.type == "abstract_class_declaration"
    found = low.add(ClassOf(at))
    for child in [*(decorators or ()), *node.children]:
        if child.type == "decorator":
            decorator(low, child, unit)
    before = low.this, low.function
    with low.in_scope():
        name = node.child_by_field_name("name")
        if name is not None and node.type == "class":
            low.bind(low.declare(low.text(name)), found)
        type_params(low, node.child_by_field_name("type_parameters"), made.type_params)
        for child in node.children:
            if child.type == "class_heritage":
                _heritage(low, child, made, unit, at)
        body = node.child_by_field_name("body")
        with low.in_unit(unit):
            low.site(CLASS, at, name or node)
            if body is not None:
                _class_body(low, body, made, at)
    low.this, low.function = before
    return found


def _heritage(low: Lowering, node: Node, made: Class, unit: int, at: int) -> None:
    clauses = [
        child for child in node.named_children if child.type in ("extends_clause", "implements_clause")
    ]
    if not clauses:  # JavaScript: the base itself
        for child in node.named_children:
            _base(low, child, made, unit)
        return
    for clause in clauses:
        if clause.type == "implements_clause":
            for child in clause.named_children:
                _implements(low, child, made, unit, at)
            continue
        value = clause.child_by_field_name("value")
        if value is not None:
            _base(low, value, made, unit)
        given = clause.child_by_field_name("type_arguments")
        made.base_types += [low.type(child) for child in given.named_children] if given is not None else []


def _base(low: Lowering, node: Node, made: Class, unit: int) -> None:
    base = (
        callee(low, node)
        if node.type not in ("class", *FUNCTIONS)
        else named_value(low, value_name(node), node)
    )
    if base != NONE:
        made.bases.append(base)
        with low.in_unit(unit):
            low.site(EXTENDS, base, node)


def _implements(low: Lowering, node: Node, made: Class, unit: int, _at: int) -> None:
    base = heritage_type(low, node)
    if base != NONE:
        made.implements.append(base)
        with low.in_unit(unit):
            low.site(IMPLEMENTS, base, node)


def heritage_type(low: Lowering, node: Node) -> int:
    """A type that is derived from: no reference of its own, but its arguments are."""
    from aifirst_memory.dependencies.ecmascript.lower.types import named_type

    return named_type(low, node, silent=True)


def _class_body(low: Lowering, body: Node, made: Class, at: int) -> None:
    low.function = None
    pending: list[Node] = []
    for child in body.named_children:
        kind = child.type
        if kind == "decorator":
            pending.append(child)
        elif kind in _METHODS:
            _method(low, child, made, at, pending)
            pending = []
        elif kind in _FIELDS:
            _field(low, child, made, at, pending)
            pending = []
        elif kind == "class_static_block":
            low.this = This("s", at)
            unit = low.unit_of(child.children[0] if child.child_count else None)
            lower_function(low, child, unit, this=low.this)
        elif kind == "index_signature" or kind == "ERROR":
            low.walk_children(child)


def _method(low: Lowering, node: Node, made: Class, at: int, decorators: list[Node]) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    flags = _member_flags(node)
    unit = low.unit_of(name_node)
    for child in decorators:
        decorator(low, child, unit)
    name = member_name(low, name_node)
    low.this = This("s" if flags & STATIC else "i", at)
    found = lower_function(low, node, unit, this=low.this)
    made.members.setdefault(name, []).append(
        ClassMember(flags, len(low.chunk.functions) and _function_at(low, found))
    )
    low.this = None


def _function_at(low: Lowering, found: int) -> int:
    expr = low.chunk.exprs[found]
    return expr.at if isinstance(expr, Fn) else NONE


def _member_flags(node: Node) -> int:
    flags = ABSTRACT if node.type == "abstract_method_signature" else 0
    for child in node.children:
        kind = child.type
        if kind == "static":
            flags |= STATIC
        elif kind == "get":
            flags |= GETTER
        elif kind == "set":
            flags |= SETTER
        elif kind == "abstract":
            flags |= ABSTRACT
        elif kind == "formal_parameters":
            break
    return flags


def member_name(low: Lowering, node: Node) -> str:
    """The name of a member; that of a computed one with its brackets."""
    if node.type == "computed_property_name":
        low.walk_children(node)
    return low.text(node).strip("\"'")


def _field(low: Lowering, node: Node, made: Class, at: int, decorators: list[Node]) -> None:
    name_node = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name_node is None:
        return
    flags = _member_flags(node) | FIELD
    unit = low.unit_of(name_node)
    for child in [*decorators, *(child for child in node.children if child.type == "decorator")]:
        decorator(low, child, unit)
    low.this = This("s" if flags & STATIC else "i", at)
    declared = low.type(node.child_by_field_name("type"))
    expected = low.add(Cast(declared)) if declared != NONE else NONE
    value_node = node.child_by_field_name("value")
    value = named_value(low, name_node, value_node, expected)
    member = ClassMember(flags, NONE, value, declared)
    if value_node is not None and value_node.type in FUNCTIONS and value != NONE:
        member.function = _function_at(low, value)
    made.members.setdefault(member_name(low, name_node), []).append(member)
    low.this = None


def object_type(low: Lowering, node: Node) -> int:
    """The type `{…}`; the expression for it."""
    made, at = _new_class(low, low.unit, "object")
    type_members(low, node, made)
    return low.add(ObjectType(at))


def type_members(low: Lowering, body: Node, made: Class) -> None:
    """The members that an interface or object type declares. Calls and constructions are named `()` and `new`."""
    for child in body.named_children:
        kind = child.type
        name_node = child.child_by_field_name("name")
        if kind == "property_signature" and name_node is not None:
            declared = low.type(child.child_by_field_name("type"))
            made.members.setdefault(member_name(low, name_node), []).append(
                ClassMember(FIELD, NONE, NONE, declared)
            )
        elif kind == "method_signature" and name_node is not None:
            name = member_name(low, name_node)
            member = ClassMember(_member_flags(child), lower_signature(low, child))
            made.members.setdefault(name, []).append(member)
        elif kind in ("call_signature", "construct_signature"):
            name = "()" if kind == "call_signature" else "new"
            made.members.setdefault(name, []).append(ClassMember(0, lower_signature(low, child)))
        elif kind == "index_signature":
            declared = low.type(child.child_by_field_name("type"))
            made.members.setdefault("[]", []).append(ClassMember(FIELD, NONE, NONE, declared))
            for part in child.named_children:
                if part.type == "mapped_type_clause":
                    low.type(part)


def declare_class(low: Lowering, node: Node, decorators: list[Node] | None = None) -> int:
    """A declaration of a class or of anything like one."""
    name = node.child_by_field_name("name")
    if name is None:
        low.walk_children(node)
        return NONE
    text = f'"{string_text(low, name)}"' if name.type == "string" else low.text(name).partition(".")[0]
    unique = low.declare(text)
    unit = low.unit_of(name)
    if not low.at_top:
        low.bind(unique, _lower_kind(low, node, unit, decorators))
        return NONE
    with low.in_chunk(low.chunk_of(unique)):
        low.chunk.unit = low.chunk.unit or low.units[unit]
        low.bind(unique, _lower_kind(low, node, unit, decorators))
    return NONE


def _lower_kind(low: Lowering, node: Node, unit: int, decorators: list[Node] | None) -> int:
    if node.type in ("class_declaration", "abstract_class_declaration", "class"):
        return lower_class(low, node, unit, decorators)
    kind = node.type.removesuffix("_declaration")
    made, at = _new_class(
        low,
        unit,
        {"internal_module": "namespace", "module": "namespace", "type_alias": "alias"}.get(kind, kind),
    )
    found = low.add(ClassOf(at))
    body = node.child_by_field_name("body")
    with low.in_unit(unit), low.in_scope():
        type_params(low, node.child_by_field_name("type_parameters"), made.type_params)
        if made.kind == "interface":
            for child in node.named_children:
                if child.type == "extends_type_clause":
                    _interface_bases(low, child, made)
            before, low.this = low.this, This("i", at)
            if body is not None:
                type_members(low, body, made)
            low.this = before
            low.site(CLASS, at, node)
        elif made.kind == "alias":
            value = low.type(node.child_by_field_name("value"))
            made.bases = [value] if value != NONE else []
        elif made.kind == "enum" and body is not None:
            _enum(low, body, made)
        elif body is not None:
            _namespace(low, body, made)
    return found


def _interface_bases(low: Lowering, clause: Node, made: Class) -> None:
    for child in clause.named_children:
        base = heritage_type(low, child)
        if base != NONE:
            made.bases.append(base)
            low.site(EXTENDS, base, child)


def _enum(low: Lowering, body: Node, made: Class) -> None:
    for child in body.named_children:
        name = child.child_by_field_name("name") if child.type == "enum_assignment" else child
        if name is None or child.type == "comment":
            continue
        made.members[low.text(name).strip("\"'")] = [ClassMember(FIELD | STATIC)]
        if child.type == "enum_assignment":
            low.expr(child.child_by_field_name("value"))


def _namespace(low: Lowering, body: Node, made: Class) -> None:
    low.walk_children(body)
    for text, unique in low.scopes[-1].names.items():
        made.members[text] = [ClassMember(STATIC, NONE, low.name(unique.partition(":")[2]))]


def _statement(low: Lowering, node: Node) -> int:
    return declare_class(low, node)


CLASSES: Final[Mapping[str, Handler]] = dict.fromkeys(
    ("class_declaration", "abstract_class_declaration", "interface_declaration", "enum_declaration",
     "type_alias_declaration", "internal_module", "module"), _statement
)  # fmt: skip


def _class_value(low: Lowering, node: Node) -> int:
    return named_value(low, value_name(node), node)


def _object_value(low: Lowering, node: Node) -> int:
    return named_value(low, None, node)


CLASS_EXPRESSIONS: Final[Mapping[str, Handler]] = {"class": _class_value, "object": _object_value}

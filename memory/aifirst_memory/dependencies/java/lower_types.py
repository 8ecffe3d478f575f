"""Lowers Java's type expressions: a wildcard is its bound, an array a list of elements.

Left out: annotations of types, what a wildcard's direction says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import tree_sitter

from aifirst_memory.dependencies.declared.form import UNKNOWN, Param, TypeRef

_DEEPEST = 40
"""Levels of a type below which nothing is kept: more than people write."""
_PRIMITIVE = frozenset({"integral_type", "floating_point_type", "boolean_type", "void_type"})
TYPE_NODES = frozenset({
    "type_identifier", "scoped_type_identifier", "generic_type", "array_type", "annotated_type", "catch_type",
    *_PRIMITIVE,
})  # fmt: skip


def text_of(node: tree_sitter.Node | None) -> str:
    """The text of a node, empty for none."""
    if node is None or node.text is None:
        return ""
    return node.text.decode("utf-8", "replace")


def line_of(node: tree_sitter.Node) -> int:
    """The 1-based line that a node begins in."""
    return node.start_point[0] + 1


def lower_type(node: tree_sitter.Node | None, depth: int = 0) -> TypeRef:
    """The type that a node writes; unknown where it is none, and for `var`."""
    if node is None or depth > _DEEPEST:
        return UNKNOWN
    kind = node.type
    if kind in ("type_identifier", "identifier"):
        name = text_of(node)
        return UNKNOWN if name == "var" else TypeRef(name)
    if kind in _PRIMITIVE:
        return TypeRef(text_of(node))
    rule = _SHAPES.get(kind)
    if rule is not None:
        return rule(node, depth + 1)
    parts = [part for part in node.named_children if part.type in TYPE_NODES]
    return lower_type(parts[-1], depth + 1) if parts else UNKNOWN


def _scoped(node: tree_sitter.Node, depth: int) -> TypeRef:
    parts = [lower_type(part, depth) for part in node.named_children if "annotation" not in part.type]
    return TypeRef(".".join(part.name for part in parts), parts[-1].args if parts else ())


def _generic(node: tree_sitter.Node, depth: int) -> TypeRef:
    parts = [part for part in node.named_children if "annotation" not in part.type]
    if not parts:
        return UNKNOWN
    listed = parts[-1].named_children if parts[-1].type == "type_arguments" else []
    given = tuple(lower_type(arg, depth) for arg in listed if arg.type != "comment")
    return TypeRef(lower_type(parts[0], depth).name, given)


def _array_type(node: tree_sitter.Node, depth: int) -> TypeRef:
    return _array(
        lower_type(node.child_by_field_name("element"), depth), node.child_by_field_name("dimensions")
    )


def _wildcard(node: tree_sitter.Node, depth: int) -> TypeRef:
    bounds = [part for part in node.named_children if part.type in TYPE_NODES]
    return lower_type(bounds[-1], depth) if bounds else TypeRef("Object")


def _alternatives(node: tree_sitter.Node, depth: int) -> TypeRef:
    parts = [lower_type(part, depth) for part in node.named_children if part.type in TYPE_NODES]
    return parts[0] if len(parts) == 1 else TypeRef("|", tuple(parts))


_SHAPES: Final[Mapping[str, Callable[[tree_sitter.Node, int], TypeRef]]] = {
    "scoped_type_identifier": _scoped,
    "scoped_identifier": _scoped,
    "generic_type": _generic,
    "array_type": _array_type,
    "wildcard": _wildcard,
    "catch_type": _alternatives,
    "type_bound": _alternatives,
}


def declared_type(node: tree_sitter.Node, declarator: tree_sitter.Node | None = None) -> TypeRef:
    """The type of a declaration, with the brackets that stand behind the name."""
    type_ = lower_type(node.child_by_field_name("type"))
    return _array(type_, (declarator or node).child_by_field_name("dimensions"))


def _array(type_: TypeRef, dimensions: tree_sitter.Node | None) -> TypeRef:
    count = text_of(dimensions).count("[")
    for _ in range(min(count, _DEEPEST)):
        type_ = TypeRef("[]", (type_,))
    return type_


def lower_params(node: tree_sitter.Node | None) -> tuple[Param, ...]:
    """The parameters of a method, a lambda or a record; the type of the last one is marked where it takes many."""
    if node is None:
        return ()
    if node.type == "identifier":
        return (Param(text_of(node), UNKNOWN, line_of(node)),)
    found: list[Param] = []
    for part in node.named_children:
        if part.type == "identifier":
            found.append(Param(text_of(part), UNKNOWN, line_of(part)))
        elif part.type == "formal_parameter":
            found.append(Param(text_of(part.child_by_field_name("name")), declared_type(part), line_of(part)))
        elif part.type == "spread_parameter":
            types = [inner for inner in part.named_children if inner.type in TYPE_NODES]
            names = [inner for inner in part.named_children if inner.type == "variable_declarator"]
            name = text_of(names[0].child_by_field_name("name")) if names else ""
            element = lower_type(types[-1]) if types else UNKNOWN
            found.append(Param(name, TypeRef("[]", (element,), ("...",)), line_of(part)))
    return tuple(found)


def lower_type_params(node: tree_sitter.Node | None) -> tuple[Param, ...]:
    """The type parameters of a class or method with their bounds."""
    found: list[Param] = []
    for part in node.named_children if node is not None else ():
        names = [inner for inner in part.named_children if inner.type in ("type_identifier", "identifier")]
        bounds = [inner for inner in part.named_children if inner.type == "type_bound"]
        if names:
            found.append(
                Param(text_of(names[0]), lower_type(bounds[0]) if bounds else UNKNOWN, line_of(part))
            )
    return tuple(found)

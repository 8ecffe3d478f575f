"""Lowers Go's type expressions: a pointer is what it points to, an array or a slice a list of elements.

Left out: lengths of arrays, tags of fields, directions of channels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import tree_sitter

from aifirst_memory.dependencies.declared.form import UNKNOWN, Param, TypeRef

_DEEPEST = 40
"""Levels of a type below which nothing is kept: more than people write."""
_ELEMENT = {
    "slice_type": "element", "array_type": "element", "implicit_length_array_type": "element",
    "channel_type": "value",
}  # fmt: skip
TYPE_NODES = frozenset({
    "type_identifier", "qualified_type", "pointer_type", "generic_type", "map_type", "function_type", "struct_type",
    "interface_type", "parenthesized_type", *_ELEMENT,
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
    """The type that a node writes; unknown where it is none."""
    if node is None or depth > _DEEPEST:
        return UNKNOWN
    kind, inner = node.type, depth + 1
    if kind in ("type_identifier", "identifier", "package_identifier"):
        return TypeRef(text_of(node))
    if kind in ("qualified_type", "selector_expression"):
        return TypeRef("".join(text_of(node).split()))
    if kind in _ELEMENT:
        name = "chan" if kind == "channel_type" else "[]"
        return TypeRef(name, (lower_type(node.child_by_field_name(_ELEMENT[kind]), inner),))
    rule = _SHAPES.get(kind)
    if rule is not None:
        return rule(node, inner)
    if kind in ("type_elem", "type_constraint") and len(node.named_children) > 1:
        return TypeRef("|", tuple(lower_type(part, inner) for part in node.named_children))
    # Pointers, parentheses, `~T`, and a constraint of one type.
    return next((lower_type(part, inner) for part in node.named_children if part.type != "comment"), UNKNOWN)


def _map(node: tree_sitter.Node, depth: int) -> TypeRef:
    parts = (node.child_by_field_name("key"), node.child_by_field_name("value"))
    return TypeRef("map", tuple(lower_type(part, depth) for part in parts))


def _generic(node: tree_sitter.Node, depth: int) -> TypeRef:
    arguments = node.child_by_field_name("type_arguments")
    args = tuple(lower_type(arg, depth) for arg in arguments.named_children) if arguments else ()
    return TypeRef(lower_type(node.child_by_field_name("type"), depth).name, args)


def lower_params(node: tree_sitter.Node | None, depth: int = 0) -> tuple[Param, ...]:
    """The parameters of a list, or the results of a function: those, or a single type."""
    if node is None:
        return ()
    if node.type not in ("parameter_list", "type_parameter_list"):
        return (Param("", lower_type(node, depth), line_of(node)),)
    found: list[Param] = []
    for part in node.named_children:
        written = part.child_by_field_name("type")
        if written is None:
            continue
        type_ = lower_type(written, depth)
        if part.type == "variadic_parameter_declaration":
            type_ = TypeRef("[]", (type_,), ("...",))
        names = [text_of(name) for name in part.children_by_field_name("name")] or [""]
        found.extend(Param(name, type_, line_of(written)) for name in names)
    return tuple(found)


def function_type(params: tuple[Param, ...], results: tuple[Param, ...]) -> TypeRef:
    """The type of a function with these parameters and results."""
    sides = (params, results)
    return TypeRef("func", tuple(TypeRef("()", tuple(param.type for param in side)) for side in sides))


def _function(node: tree_sitter.Node, depth: int) -> TypeRef:
    params, result = node.child_by_field_name("parameters"), node.child_by_field_name("result")
    return function_type(lower_params(params, depth), lower_params(result, depth))


def _struct(node: tree_sitter.Node, depth: int) -> TypeRef:
    fields = [(name, type_) for name, type_, _ in struct_fields(node, depth)]
    return TypeRef("struct", tuple(type_ for _, type_ in fields), tuple(name for name, _ in fields))


def struct_fields(node: tree_sitter.Node, depth: int = 0) -> Iterator[tuple[str, TypeRef, tree_sitter.Node]]:
    """Name, type and the type's node of every field; an embedded one has a `~` before its name."""
    for listed in node.named_children:
        for field in listed.named_children:
            written = field.child_by_field_name("type")
            if field.type != "field_declaration" or written is None:
                continue
            type_ = lower_type(written, depth)
            names = [text_of(name) for name in field.children_by_field_name("name")]
            for name in names or ["~" + type_.name.rpartition(".")[2]]:
                yield name, type_, written


def _interface(node: tree_sitter.Node, depth: int) -> TypeRef:
    names: list[str] = []
    args: list[TypeRef] = []
    for part in node.named_children:
        if part.type == "method_elem":
            names.append(text_of(part.child_by_field_name("name")))
            args.append(_function(part, depth))
        elif part.type == "type_elem":
            type_ = lower_type(part, depth)
            names.append("~" + type_.name.rpartition(".")[2])
            args.append(type_)
    return TypeRef("interface", tuple(args), tuple(names))


_SHAPES: Final[Mapping[str, Callable[[tree_sitter.Node, int], TypeRef]]] = {
    "map_type": _map,
    "generic_type": _generic,
    "function_type": _function,
    "struct_type": _struct,
    "interface_type": _interface,
}

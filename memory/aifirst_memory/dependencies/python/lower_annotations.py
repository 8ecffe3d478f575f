"""Lowers types and what is declared with them: annotations, parameters, type parameters.

Texts in a type are types too, except those of `Literal`.
"""

from __future__ import annotations

from keyword import iskeyword
from typing import Any, Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.lowering import (
    MAX_DEPTH,
    Handler,
    Lowering,
    Node,
    first_named,
    named,
)

_MAX_QUOTED: Final = 400


def lower_annotation(low: Lowering, node: Node | None, depth: int) -> Form:
    """The form of a type."""
    if node is None:
        return None
    if depth > MAX_DEPTH:
        low.leave_out(node)
        return None
    handler = low.kinds.annotations.get(node.kind_id)
    return low.lower(node, depth) if handler is None else handler(low, node, depth + 1)


def lower_type(low: Lowering, node: Node, depth: int) -> Form:
    """What a type is wrapped in does not matter."""
    return lower_annotation(low, first_named(node), depth)


def _generic(low: Lowering, node: Node, depth: int) -> Form:
    parts = named(node)
    if not parts:
        return None
    head = low.lower(parts[0], depth)
    if head is None or (head[2][-1] if head[0] == forms.AT_LINE else head[-1]) == "Literal":
        return head
    arguments = parts[1:]
    if len(arguments) == 1 and arguments[0].type == "type_parameter":
        arguments = named(arguments[0])
    inner = [lower_annotation(low, argument, depth) for argument in arguments]
    return [forms.SUBSCRIPT, head, inner[0] if len(inner) == 1 else [forms.TUPLE, inner]]


def _elements(low: Lowering, node: Node, depth: int) -> Form:
    return [forms.LIST, [lower_annotation(low, part, depth) for part in named(node)]]


def _union(low: Lowering, node: Node, depth: int) -> Form:
    sides = named(node)
    if len(sides) != 2:
        return None
    return [
        forms.BINARY,
        "|",
        lower_annotation(low, sides[0], depth),
        lower_annotation(low, sides[1], depth),
    ]


def _member(low: Lowering, node: Node, depth: int) -> Form:
    parts = node.named_children
    return [forms.ATTRIBUTE, lower_annotation(low, parts[0], depth), low.text(parts[-1])]


def _quoted(low: Lowering, node: Node, depth: int) -> Form:
    content = low.plain_text(node)
    if not content or len(content) > _MAX_QUOTED:
        return None
    if content.isidentifier() and not iskeyword(content):
        return [forms.NAME, content]
    data = f"({content.strip()})".encode()
    root = low.parse(data).root_node
    if root.has_error or root.named_child_count != 1:
        return None
    inner = Lowering(data, low.kinds, low.parse)
    statement = first_named(root)
    return lower_annotation(inner, first_named(statement) if statement else None, depth)


ANNOTATIONS: Final[dict[str, Handler]] = {
    "string": _quoted,
    "type": lower_type,
    "parenthesized_expression": lower_type,
    "splat_type": lower_type,
    "list_splat": lower_type,
    "generic_type": _generic,
    "subscript": _generic,
    "list": _elements,
    "tuple": _elements,
    "union_type": _union,
    "binary_operator": _union,
    "member_type": _member,
}
"""By kind of node; any other is a type as it is an expression."""


def lower_parameters(low: Lowering, node: Node | None, depth: int) -> list[forms.Parameter]:
    """The parameters of a function or lambda."""
    found: list[forms.Parameter] = []
    if node is None:
        return found
    sort, identifier = forms.ORDINARY, low.kinds.identifier
    for child in node.named_children:
        if child.kind_id == identifier:
            found.append(forms.Parameter(low.text(child), sort))
            continue
        kind = child.type
        if kind == "positional_separator":
            found = [forms.Parameter(p.name, forms.POSITIONAL, p.annotation, p.default) for p in found]
        elif kind == "keyword_separator":
            sort = forms.KEYWORD
        else:
            parameter = _parameter(low, child, kind, sort, depth)
            if parameter is not None:
                if parameter.sort == forms.REST:
                    sort = forms.KEYWORD
                found.append(parameter)
    return found


def _parameter(low: Lowering, node: Node, kind: str, sort: int, depth: int) -> forms.Parameter | None:
    annotation: Form = None
    default: Form = None
    name: Node | None = node
    if kind in ("typed_parameter", "typed_default_parameter"):
        annotation = lower_annotation(low, low.field(node, "type"), depth)
    if kind in ("default_parameter", "typed_default_parameter"):
        default = low.lower(low.field(node, "value"), depth)
        name = low.field(node, "name")
    elif kind == "typed_parameter":
        name = first_named(node)
    if name is None:
        return None
    if name.type == "list_splat_pattern":
        sort, name = forms.REST, first_named(name)
    elif name.type == "dictionary_splat_pattern":
        sort, name = forms.KEYWORDS, first_named(name)
    if name is None or name.kind_id != low.kinds.identifier:
        return None
    return forms.Parameter(low.text(name), sort, annotation, default)


def lower_type_parameters(low: Lowering, node: Node | None, depth: int) -> list[list[Any]]:
    """Names of type parameters with their bounds."""
    found: list[list[Any]] = []
    for child in node.named_children if node is not None else ():
        inner = first_named(child)
        bound: Form = None
        if inner is not None and inner.type == "constrained_type":
            sides = inner.named_children
            bound = lower_annotation(low, sides[-1], depth)
            inner = first_named(sides[0])
        while inner is not None and inner.type != "identifier":
            inner = first_named(inner)
        if inner is not None:
            found.append([low.text(inner), bound])
    return found

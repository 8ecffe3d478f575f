"""Lowers the expressions of a Python syntax tree to forms: the handler of each kind of node."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form
from aifirst_memory.dependencies.python.lower_annotations import (
    lower_annotation,
    lower_parameters,
    lower_type,
)
from aifirst_memory.dependencies.python.lower_chains import (
    lower_binary,
    lower_boolean,
    lower_comparison,
    lower_conditional,
    lower_links,
)
from aifirst_memory.dependencies.python.lower_literals import (
    lower_comprehension,
    lower_dictionary,
    lower_elements,
    lower_string,
)
from aifirst_memory.dependencies.python.lowering import Handler, Lowering, Node, first_named


def _name(low: Lowering, node: Node, _depth: int) -> Form:
    return [forms.NAME, low.between(node.start_byte, node.end_byte)]


def _lambda(low: Lowering, node: Node, depth: int) -> Form:
    parameters = lower_parameters(low, low.field(node, "parameters"), depth)
    listed = [[p.name, p.sort, None, p.default] for p in parameters]
    return [forms.LAMBDA, listed, low.lower(low.field(node, "body"), depth)]


def _unary(low: Lowering, node: Node, depth: int) -> Form:
    operand = low.lower(low.field(node, "argument"), depth)
    return None if operand is None else [forms.UNARY, node.child(0).type, operand]


def _single(op: int) -> Handler:
    def handle(low: Lowering, node: Node, depth: int) -> Form:
        return [op, low.lower(first_named(node), depth)]

    return handle


def _yield(low: Lowering, node: Node, depth: int) -> Form:
    low.yielding.add(low.inside)
    is_from = any(child.type == "from" for child in node.children[:2])
    return [forms.YIELD_FROM if is_from else forms.YIELD, low.lower(first_named(node), depth)]


def _walrus(low: Lowering, node: Node, depth: int) -> Form:
    low.yielding.add(low.inside)
    name, value = low.field(node, "name"), low.field(node, "value")
    return [forms.WALRUS, low.text(name), low.lower(value, depth)] if name else low.lower(value, depth)


def _inside(low: Lowering, node: Node, depth: int) -> Form:
    return low.lower(first_named(node), depth)


def _parenthesized(low: Lowering, node: Node, depth: int) -> Form:
    # Parentheses make no form, so they are no level.
    kind, inner = node.kind_id, first_named(node)
    while inner is not None and inner.kind_id == kind:
        inner = first_named(inner)
    return low.lower(inner, depth - 1)


def _parts(low: Lowering, node: Node, depth: int) -> Form:
    return low.many(node.named_children, depth)


def _dotted(low: Lowering, node: Node, _depth: int) -> Form:
    form: Form = None
    for part in node.named_children:
        form = [forms.NAME, low.text(part)] if form is None else [forms.ATTRIBUTE, form, low.text(part)]
    return form


EXPRESSIONS: Final[dict[str, Handler]] = {
    "identifier": _name,
    "attribute": lower_links,
    "call": lower_links,
    "subscript": lower_links,
    "tuple": lower_elements(forms.TUPLE),
    "expression_list": lower_elements(forms.TUPLE),
    "pattern_list": lower_elements(forms.TUPLE),
    "tuple_pattern": lower_elements(forms.TUPLE),
    "list_pattern": lower_elements(forms.TUPLE),
    "list": lower_elements(forms.LIST),
    "set": lower_elements(forms.SET),
    "dictionary": lower_dictionary,
    "list_comprehension": lower_comprehension("list"),
    "set_comprehension": lower_comprehension("set"),
    "dictionary_comprehension": lower_comprehension("dict"),
    "generator_expression": lower_comprehension("generator"),
    "lambda": _lambda,
    "conditional_expression": lower_conditional,
    "boolean_operator": lower_boolean,
    "binary_operator": lower_binary,
    "unary_operator": _unary,
    "not_operator": _unary,
    "comparison_operator": lower_comparison,
    "await": _single(forms.AWAIT),
    "yield": _yield,
    "named_expression": _walrus,
    "list_splat": _single(forms.STAR),
    "list_splat_pattern": _single(forms.STAR),
    "parenthesized_expression": _parenthesized,
    "concatenated_string": _parts,
    "string": lower_string,
    "interpolation": _inside,
    "format_expression": _inside,
    "slice": _parts,
    "type": lower_type,
    "dotted_name": _dotted,
    "generic_type": lower_annotation,
    "union_type": lower_annotation,
    "member_type": lower_annotation,
    "as_pattern_target": _inside,
    "print_statement": _parts,
    "exec_statement": _parts,
    "chevron": _inside,
}
"""By kind of node."""

"""How Go's statements and declarations are lowered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import tree_sitter

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Assign,
    Bind,
    Block,
    Define,
    Form,
    Mention,
    Return,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.go.lower import EMPTY, Lowering, Rule
from aifirst_memory.dependencies.go.lower_types import (
    TYPE_NODES,
    line_of,
    lower_params,
    lower_type,
    struct_fields,
    text_of,
)

_TYPE_CASES = frozenset({"type_case", "default_case"})


def _return(low: Lowering, node: tree_sitter.Node) -> Form:
    """What a function gives back."""
    values = next((low.listed(part) for part in node.named_children if part.type == "expression_list"), ())
    low.flows.returned(values)
    return Return(values)


def _block(low: Lowering, node: tree_sitter.Node) -> Form:
    return Block(low.all(node.named_children))


def _if(low: Lowering, node: tree_sitter.Node) -> Form:
    forms: list[Form] = []
    at: tree_sitter.Node | None = node
    while at is not None and at.type == "if_statement":
        after = at.child_by_field_name("alternative")
        forms += low.all(part for part in at.named_children if part != after)
        at = after
    if at is not None:
        forms.append(low.lower(at))
    return Block(tuple(forms))


def _short(low: Lowering, node: tree_sitter.Node) -> Form:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    each = node.type == "range_clause"
    values = low.listed(right)
    if left is None:
        return Several(values)
    names = [part for part in left.named_children if part.type != "comment"]
    if all(name.type == "identifier" for name in names) and not (
        node.type in ("assignment_statement", "receive_statement") and b":=" not in (node.text or b"")
    ):
        return _bind(low, tuple(map(text_of, names)), UNKNOWN, values, line_of(node), each)
    if each:
        return Several((*low.listed(left), *values))
    return Assign(low.listed(left), values, line_of(node))


def _bind(
    low: Lowering,
    names: tuple[str, ...],
    type_: TypeRef,
    values: tuple[Form, ...],
    line: int,
    each: bool = False,
) -> Bind:
    low.flows.bound(names, type_, values, each)
    return Bind(names, type_, values, line, each)


def _assignment(low: Lowering, node: tree_sitter.Node) -> Form:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    targets, values = low.listed(left), low.listed(right)
    if len(targets) == len(values):
        for target, value in zip(targets, values, strict=True):
            low.flows.put(target, value)
    return Assign(targets, values, line_of(node))


def _send(low: Lowering, node: tree_sitter.Node) -> Form:
    channel, value = node.child_by_field_name("channel"), node.child_by_field_name("value")
    if channel is None or value is None:
        return low.parts(node)
    target, sent = low.lower(channel), low.lower(value)
    low.flows.put(target, sent)
    return Several((target, sent))


def _specs(low: Lowering, node: tree_sitter.Node) -> Form:
    """The variables or constants of a declaration; one without type and value repeats the one above it."""
    found: list[Form] = []
    type_, values = UNKNOWN, ()
    for spec in _specs_of(node):
        names = tuple(
            text_of(name) for name in spec.children_by_field_name("name") if name.type == "identifier"
        )
        written, value = spec.child_by_field_name("type"), spec.child_by_field_name("value")
        if spec.type == "var_spec" or written is not None or value is not None:
            type_, values = lower_type(written), low.listed(value)
        found.append(_bind(low, names, type_, values, line_of(spec)))
    return found[0] if len(found) == 1 else Several(tuple(found))


def _types(low: Lowering, node: tree_sitter.Node) -> Form:
    found = [_type(low, spec) for spec in node.named_children if spec.type in ("type_spec", "type_alias")]
    return found[0] if len(found) == 1 else Several(tuple(found))


def _type(low: Lowering, spec: tree_sitter.Node) -> Form:
    name, written = spec.child_by_field_name("name"), spec.child_by_field_name("type")
    if name is None or written is None:
        return EMPTY
    text = text_of(name)
    unit = ""
    if written.type in ("struct_type", "interface_type") and spec.type == "type_spec":
        unit = low.reading.units[low.reading.unit_at(name.start_byte)].name
    entry = unit or (f"{low.unit}.{text}" if low.unit else text)
    params = lower_params(spec.child_by_field_name("type_parameters"))
    bases, body = _type_parts(written)
    form = Define(text, entry, unit, params, bases, body)
    low.types.append((form, lower_type(written), spec.type == "type_alias"))
    if written.type == "function_type":
        low.function_types.add(entry)
    return form


def _type_switch(low: Lowering, node: tree_sitter.Node) -> Form:
    alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
    names = tuple(text_of(name) for name in alias.named_children) if alias is not None else ()
    matched = low.lower(value) if value is not None else EMPTY
    forms: list[Form] = []
    for part in node.named_children:
        if part in (alias, value):
            continue
        forms.append(_type_case(low, part, names) if part.type in _TYPE_CASES else low.lower(part))
    return Block((Bind(names, UNKNOWN, (matched,), line_of(node)) if names else matched, *forms))


def _type_case(low: Lowering, node: tree_sitter.Node, names: tuple[str, ...]) -> Form:
    written = node.children_by_field_name("type")
    rest = low.all(part for part in node.named_children if part not in written)
    types = [Mention(lower_type(part), line_of(part)) for part in written if part.type in TYPE_NODES]
    if len(written) == 1 and names and types:
        return Block((Bind(names, types[0].type, (), types[0].line), *rest))
    return Block((*types, *rest))


def _specs_of(node: tree_sitter.Node) -> Iterable[tree_sitter.Node]:
    for part in node.named_children:
        if part.type in ("var_spec", "const_spec"):
            yield part
        elif part.type == "var_spec_list":
            yield from _specs_of(part)


def _type_parts(written: tree_sitter.Node) -> tuple[tuple[Mention, ...], tuple[Form, ...]]:
    """What a type embeds, and the other types that it mentions."""
    if written.type == "struct_type":
        fields = [(name, Mention(type_, line_of(at))) for name, type_, at in struct_fields(written)]
        bases = tuple(mention for name, mention in fields if name.startswith("~"))
        return bases, tuple(mention for name, mention in fields if not name.startswith("~"))
    if written.type != "interface_type":
        return (), (Mention(lower_type(written), line_of(written)),)
    embedded: list[Mention] = []
    other: list[Form] = []
    for part in written.named_children:
        if (
            part.type == "type_elem"
            and len(part.named_children) == 1
            and part.named_children[0].type in TYPE_NODES
        ):
            embedded.append(Mention(lower_type(part), line_of(part)))
        elif part.type == "type_elem":
            other.append(Mention(lower_type(part), line_of(part)))
        elif part.type == "method_elem":
            sides = (part.child_by_field_name("parameters"), part.child_by_field_name("result"))
            other += [Mention(param.type, param.line) for side in sides for param in lower_params(side)]
    return tuple(embedded), tuple(other)


STATEMENTS: Final[Mapping[str, Rule]] = {
    "block": _block,
    "for_statement": _block,
    "expression_switch_statement": _block,
    "select_statement": _block,
    "expression_case": _block,
    "default_case": _block,
    "communication_case": _block,
    "if_statement": _if,
    "short_var_declaration": _short,
    "range_clause": _short,
    "receive_statement": _short,
    "assignment_statement": _assignment,
    "send_statement": _send,
    "var_declaration": _specs,
    "const_declaration": _specs,
    "type_declaration": _types,
    "type_switch_statement": _type_switch,
    "return_statement": _return,
    "function_declaration": Lowering.function,
    "method_declaration": Lowering.function,
}

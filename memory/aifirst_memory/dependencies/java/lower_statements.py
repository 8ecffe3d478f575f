"""How Java's statements and patterns are lowered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import tree_sitter

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Bind,
    Block,
    Call,
    Either,
    Form,
    Member,
    Name,
    Pattern,
    Return,
    Several,
    Throw,
)
from aifirst_memory.dependencies.java.lower import SKIPPED, SUBJECT, Lowering, Rule
from aifirst_memory.dependencies.java.lower_types import (
    declared_type,
    line_of,
    lower_type,
    text_of,
)

_PATTERNS = 20
"""Levels of a pattern: more than people write."""


def _pattern(low: Lowering, node: tree_sitter.Node) -> Form:
    return pattern_of(low, node) or low.parts(node)


def pattern_of(low: Lowering, node: tree_sitter.Node, depth: int = 0) -> Pattern | None:
    """A type or record pattern, with those inside it."""
    parts = [part for part in node.named_children if part.type not in SKIPPED]
    if not parts or depth > _PATTERNS:
        return None
    kind, first = node.type, parts[0]
    if kind == "pattern" or first.type == "record_pattern":
        return pattern_of(low, first, depth + 1)
    if kind in ("type_pattern", "record_pattern_component"):
        return Pattern(lower_type(first), text_of(parts[-1]) if len(parts) > 1 else "", line_of(node))
    if kind != "record_pattern":
        return None
    inner = [pattern_of(low, part, depth + 1) for body in parts[1:] for part in body.named_children]
    return Pattern(lower_type(first), "", line_of(node), tuple(filter(None, inner)))


def _switch(low: Lowering, node: tree_sitter.Node) -> Form:
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    subject = Bind((SUBJECT,), UNKNOWN, (low.maybe(condition),), line_of(node))
    rules = [
        Block(low.all(rule.named_children)) for rule in (body.named_children if body is not None else ())
    ]
    return Block((subject, Either(tuple(rules))))


def _label(low: Lowering, node: tree_sitter.Node) -> Form:
    found: list[Form] = []
    for part in node.named_children:
        if part.type == "identifier":
            found.append(Member(Name(SUBJECT, 0), text_of(part), line_of(part)))
        else:
            found.append(low.lower(part))
    return Several(tuple(found))


def _each(low: Lowering, node: tree_sitter.Node) -> Form:
    names = (text_of(node.child_by_field_name("name")),)
    value = low.maybe(node.child_by_field_name("value"))
    bound = Bind(names, declared_type(node), (value,), line_of(node), each=True)
    return Block((bound, low.maybe(node.child_by_field_name("body"))))


def _block(low: Lowering, node: tree_sitter.Node) -> Form:
    return Block(low.all(node.named_children))


def _if(low: Lowering, node: tree_sitter.Node) -> Form:
    """Names bound in a condition may go on behind it: an `if` has no names of its own."""
    forms: list[Form] = []
    at: tree_sitter.Node | None = node
    while at is not None and at.type == "if_statement":
        forms.append(low.maybe(at.child_by_field_name("condition")))
        forms.append(low.maybe(at.child_by_field_name("consequence")))
        at = at.child_by_field_name("alternative")
    if at is not None:
        forms.append(low.lower(at))
    return Several(tuple(forms))


def _try(low: Lowering, node: tree_sitter.Node) -> Form:
    resources: list[Form] = []
    rest: list[Form] = []
    for part in node.named_children:
        if part.type == "resource_specification":
            for resource in part.named_children:
                resources += _resource(low, resource)
        elif part.type == "block":
            rest.append(Block((*resources, low.lower(part))))
        else:
            rest.append(low.lower(part))
    return Several(tuple(rest))


def _resource(low: Lowering, node: tree_sitter.Node) -> list[Form]:
    name, value, line = node.child_by_field_name("name"), node.child_by_field_name("value"), line_of(node)
    if node.type != "resource":
        return []
    if name is None:
        return [Call(Member(low.parts(node), "close", line), (), line)]
    bound = Bind((text_of(name),), declared_type(node), (low.maybe(value),), line)
    return [bound, Call(Member(Name(text_of(name), 0), "close", line), (), line)]


def _catch(low: Lowering, node: tree_sitter.Node) -> Form:
    caught = next((part for part in node.named_children if part.type == "catch_formal_parameter"), None)
    body = low.maybe(node.child_by_field_name("body"))
    if caught is None:
        return body
    types = next((part for part in caught.named_children if part.type == "catch_type"), None)
    name = text_of(caught.child_by_field_name("name"))
    return Block((Bind((name,), lower_type(types), (), line_of(caught)), body))


def _throw(low: Lowering, node: tree_sitter.Node) -> Form:
    return Throw(low.parts(node), line_of(node))


def _return(low: Lowering, node: tree_sitter.Node) -> Form:
    value = low.parts(node)
    low.returned(value)
    return Return((value,))


STATEMENTS: Final[Mapping[str, Rule]] = {
    "pattern": _pattern,
    "record_pattern": _pattern,
    "type_pattern": _pattern,
    "switch_expression": _switch,
    "switch_label": _label,
    "enhanced_for_statement": _each,
    "for_statement": _block,
    "block": _block,
    "if_statement": _if,
    "try_statement": _try,
    "try_with_resources_statement": _try,
    "catch_clause": _catch,
    "throw_statement": _throw,
    "return_statement": _return,
    "local_variable_declaration": Lowering.locals,
    "annotation": Lowering.inner_annotation,
    "marker_annotation": Lowering.inner_annotation,
}

"""Statements that bind names, open scopes, or raise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aifirst_memory.dependencies.ecmascript.facts import NONE, THROW, Cast
from aifirst_memory.dependencies.ecmascript.lower.expressions import NAMES, is_constant, narrow, string_text
from aifirst_memory.dependencies.ecmascript.lower.functions import named_value
from aifirst_memory.dependencies.ecmascript.lower.lowering import Handler, Lowering, Node
from aifirst_memory.dependencies.ecmascript.lower.modules import exported_chain
from aifirst_memory.dependencies.ecmascript.lower.patterns import bind_pattern, iterated
from aifirst_memory.dependencies.ecmascript.lower.prototypes import prototype_of

_CHAINS: Final = ("assignment_expression", "parenthesized_expression")


def _block(low: Lowering, node: Node) -> int:
    with low.in_scope():
        low.walk_children(node)
    return NONE


def _variables(low: Lowering, node: Node) -> int:
    hoisted = node.type == "variable_declaration"
    for child in node.named_children:
        if child.type == "variable_declarator":
            _declarator(low, child, hoisted=hoisted)
    return NONE


def _declarator(low: Lowering, node: Node, *, hoisted: bool) -> None:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return
    top = low.at_top or (hoisted and not any(scope.function for scope in low.scopes[1:]))
    if top and value is not None and _required(low, name, value):
        return
    if name.type not in NAMES:
        _destructure(low, node, name, value, hoisted=hoisted, top=top)
        return
    unique = low.declare(low.text(name), hoisted=hoisted)
    made_of = prototype_of(low, value) if value is not None and value.type == "member_expression" else ""
    if made_of:
        low.prototypes[low.text(name)] = made_of
    if low.at_top:
        if value is not None and value.type in _CHAINS and _declare_exported(low, unique, value):
            return
        with low.in_chunk(low.chunk_of(unique)):
            _bind_declared(low, node, name, value, unique)
            if low.unit_of(name) != low.unit:
                low.chunk.unit = low.units[low.unit_of(name)]
    else:
        _bind_declared(low, node, name, value, unique)


def _declare_exported(low: Lowering, unique: str, value: Node) -> bool:
    """`var app = exports = module.exports = {…}`: the name is what the module exports."""
    chained = exported_chain(low, value)
    if chained is None:
        return False
    names, left, inner = chained
    with low.in_chunk(low.chunk_of(unique)):
        unit = low.unit_of(left)
        low.bind(unique, named_value(low, left, inner))
        if unit != low.unit:
            low.chunk.unit = low.units[unit]
    for name in names:
        low.export(name, unique)
    return True


def _bind_declared(low: Lowering, node: Node, name: Node, value: Node | None, unique: str) -> None:
    declared = low.type(node.child_by_field_name("type"))
    if declared != NONE:
        low.binding(unique).type = declared
    expected = low.add(Cast(declared)) if declared != NONE else NONE
    low.bind(unique, named_value(low, name, value, expected))


def _destructure(
    low: Lowering, node: Node, name: Node, value: Node | None, *, hoisted: bool, top: bool
) -> None:
    """At the top level each name is a chunk, and what is taken apart is one too."""
    declared = low.type(node.child_by_field_name("type"))
    if not top:
        source = named_value(low, None, value)
        source = low.add(Cast(declared, source)) if declared != NONE else source
        bind_pattern(low, name, source, hoisted=hoisted)
        return
    whole = low.chunk_of(f"({name.start_byte and sum(key[:1] == '(' for key in low.body.chunks)})")
    with low.in_chunk(whole):
        source = named_value(low, None, value)
        source = low.add(Cast(declared, source)) if declared != NONE else source
        if source != NONE:
            whole.main.sources.append(source)
        # The parts are bound by writes of this chunk to the names of the top level.
        bind_pattern(low, name, source, hoisted=hoisted)


def _required(low: Lowering, name: Node, value: Node) -> bool:
    """Whether `const x = require("…")` makes names of the top level stand for another module's."""
    rest: list[str] = []
    inner: Node | None = value
    while inner is not None and inner.type == "member_expression":
        prop = inner.child_by_field_name("property")
        rest.insert(0, low.text(prop) if prop is not None else "")
        inner = inner.child_by_field_name("object")
    if inner is None or inner.type != "call_expression":
        return False
    function, given = inner.child_by_field_name("function"), inner.child_by_field_name("arguments")
    if function is None or given is None or function.type != "identifier" or low.text(function) != "require":
        return False
    if given.type != "arguments" or given.named_child_count != 1 or not is_constant(given.named_children[0]):
        return False
    module = string_text(low, given.named_children[0])
    locals_of = _required_names(low, name, rest)
    if locals_of is None:
        return False
    low.import_site(module, tuple(path[0] for _, path in locals_of if path), value)
    for local, path in locals_of:
        low.import_name(local, module, path[0] if path else "=", tuple(path[1:]))
    return True


def _required_names(low: Lowering, name: Node, rest: list[str]) -> list[tuple[str, list[str]]] | None:
    if name.type == "identifier":
        return [(low.text(name), rest)]
    if name.type != "object_pattern":
        return None
    found: list[tuple[str, list[str]]] = []
    for child in name.named_children:
        if child.type == "shorthand_property_identifier_pattern":
            found.append((low.text(child), [*rest, low.text(child)]))
        elif child.type == "pair_pattern":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is None or value is None or value.type != "identifier":
                return None
            found.append((low.text(value), [*rest, low.text(key)]))
        elif child.type != "comment":
            return None
    return found


def _for_in(low: Lowering, node: Node) -> int:
    with low.in_scope():
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        source = low.expr(right)
        operator = node.child_by_field_name("operator")
        part = (
            iterated(low, source, node)
            if operator is not None and operator.type == "of" and source != NONE
            else NONE
        )
        kind = node.child_by_field_name("kind")
        if left is not None:
            bind_pattern(
                low, left, part, declare=kind is not None, hoisted=kind is not None and kind.type == "var"
            )
        low.walk(node.child_by_field_name("body"))
    return NONE


def _if(low: Lowering, node: Node) -> int:
    condition = node.child_by_field_name("condition")
    low.walk(condition)
    with low.in_scope():
        narrow(low, condition)
        low.walk(node.child_by_field_name("consequence"))
    low.walk(node.child_by_field_name("alternative"))
    return NONE


def _catch(low: Lowering, node: Node) -> int:
    with low.in_scope():
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            bind_pattern(low, parameter, NONE)
        low.type(node.child_by_field_name("type"))
        low.walk(node.child_by_field_name("body"))
    return NONE


def _throw(low: Lowering, node: Node) -> int:
    for child in node.named_children:
        if child.type != "comment":
            low.site(THROW, low.expr(child), node)
    return NONE


def _labeled(low: Lowering, node: Node) -> int:
    low.walk(node.child_by_field_name("body"))
    return NONE


def _skip(_low: Lowering, _node: Node) -> int:
    return NONE


STATEMENTS: Final[Mapping[str, Handler]] = {
    "statement_block": _block,
    "for_statement": _block,
    "switch_body": _block,
    "lexical_declaration": _variables,
    "variable_declaration": _variables,
    "if_statement": _if,
    "for_in_statement": _for_in,
    "catch_clause": _catch,
    "throw_statement": _throw,
    "labeled_statement": _labeled,
    "break_statement": _skip,
    "continue_statement": _skip,
    "comment": _skip,
    "property_identifier": _skip,
    "statement_identifier": _skip,
}

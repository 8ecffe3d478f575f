"""Lowers the statements that hold blocks: branches, loops, `try`, `with`."""

from __future__ import annotations

from typing import Any, Final

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Block
from aifirst_memory.dependencies.python.lower_matches import lower_match
from aifirst_memory.dependencies.python.lowering import Lowering, Node, StatementHandler, first_named


def _if(low: Lowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    test = low.lower(low.field(node, "condition"), depth)
    branches: list[list[Any]] = [[line, test, low.block(low.field(node, "consequence"), depth)]]
    orelse: Block = []
    for clause in node.children_by_field_id(low.kinds.fields["alternative"]):
        if clause.kind_id == low.kinds.elif_clause:
            line = low.begin(clause)
            test = low.lower(low.field(clause, "condition"), depth)
            branches.append([line, test, low.block(low.field(clause, "consequence"), depth)])
        else:
            orelse = low.block(low.field(clause, "body"), depth)
    return [forms.IF, branches[0][0], branches, orelse]


def _for(low: Lowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    target, iterable = low.lower(low.field(node, "left"), depth), low.lower(low.field(node, "right"), depth)
    body = low.block(low.field(node, "body"), depth)
    return [forms.FOR, line, target, iterable, body, _alternative(low, node, depth), is_async(node)]


def is_async(node: Node) -> bool:
    """Whether a definition, a loop or a `with` begins with `async`."""
    return node.child(0).type == "async"


def _while(low: Lowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    test = low.lower(low.field(node, "condition"), depth)
    body = low.block(low.field(node, "body"), depth)
    return [forms.WHILE, line, test, body, _alternative(low, node, depth)]


def _alternative(low: Lowering, node: Node, depth: int) -> Block:
    clause = low.field(node, "alternative")
    return low.block(low.field(clause, "body"), depth) if clause is not None else []


def _try(low: Lowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    handlers: list[list[Any]] = []
    orelse: Block = []
    final: Block = []
    for clause in node.named_children:
        if clause.type in ("except_clause", "except_group_clause"):
            handlers.append(_handler(low, clause, depth))
        elif clause.type == "else_clause":
            orelse = low.block(low.field(clause, "body"), depth)
        elif clause.type == "finally_clause":
            final = low.block(_block_of(low, clause), depth)
    return [forms.TRY, line, low.block(low.field(node, "body"), depth), handlers, orelse, final]


def _handler(low: Lowering, clause: Node, depth: int) -> list[Any]:
    line, name = low.begin(clause), None
    value = low.field(clause, "value")
    if value is not None and value.type == "as_pattern":
        alias = low.field(value, "alias")
        name = low.text(alias) if alias is not None else None
        value = first_named(value)
    classes = low.lower(value, depth)
    return [line, classes, name, low.block(_block_of(low, clause), depth)]


def _block_of(low: Lowering, node: Node) -> Node | None:
    for child in node.named_children:
        if child.kind_id == low.kinds.block:
            return child
    return None


def _with(low: Lowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    items: list[list[Any]] = []
    clause = first_named(node)
    for item in clause.named_children if clause is not None else ():
        value = low.field(item, "value") if item.type == "with_item" else None
        if value is None:
            continue
        if value.type == "as_pattern":
            items.append([low.lower(first_named(value), depth), low.lower(low.field(value, "alias"), depth)])
        else:
            items.append([low.lower(value, depth), None])
    return [forms.WITH, line, items, low.block(low.field(node, "body"), depth), is_async(node)]


def _nested(low: Lowering, node: Node, depth: int) -> list[Any]:
    return low.block(node, depth)


WITH_BLOCKS: Final[dict[str, StatementHandler]] = {
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": lower_match,
    "ERROR": _nested,
    "block": _nested,
}
"""By kind of node."""

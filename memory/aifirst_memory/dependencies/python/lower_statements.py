"""Lowers a Python file to units with bodies of forms.

Every function and class that is a unit of the file becomes one here, under the same name. Statements that nothing
follows from (texts, numbers, `pass`) are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import tree_sitter
from aifirst_codebase.positions import LineIndex

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form, LoweredUnit
from aifirst_memory.dependencies.python.lower_annotations import (
    ANNOTATIONS,
    lower_annotation,
    lower_parameters,
    lower_type_parameters,
)
from aifirst_memory.dependencies.python.lower_blocks import WITH_BLOCKS, is_async
from aifirst_memory.dependencies.python.lower_expressions import EXPRESSIONS
from aifirst_memory.dependencies.python.lower_imports import lower_import, lower_import_from
from aifirst_memory.dependencies.python.lowering import (
    MAX_DEPTH,
    KindTable,
    Lowering,
    Node,
    StatementHandler,
    first_named,
)
from aifirst_memory.dependencies.resolver import ParsedFile

_MAX_NAME: Final = 120
_NAMELESS: Final = "<anonymous>"
"""What a unit is called whose name is still to be typed."""


def lower_file(parsed: ParsedFile) -> Lowering:
    """The lowered units of a file, the module's own code first, each before those inside it."""
    low = Lowering(parsed.data, _kinds_of(parsed.language.grammar), parsed.language.parser.parse)
    names: dict[tuple[int, str], list[str]] = {}
    for line, name in reversed(parsed.units):
        names.setdefault((line, name.rpartition(".")[2].partition("#")[0]), []).append(name)
    low.unit_names = names
    if parsed.data.count(b"\r") != parsed.data.count(b"\r\n"):
        low.lines = LineIndex(parsed.data)
    module = _new_unit("", False, -1, 1)
    low.units.append(module)
    module.body = low.block(parsed.tree.root_node, 0)
    return low


def _new_unit(name: str, is_class: bool, parent: int, line: int) -> LoweredUnit:
    return LoweredUnit(name, is_class, parent, line, [], [], [], None, [], [], 0, [])


def _definition(low: Lowering, node: Node, depth: int) -> list[Any] | None:
    return _define(low, node, (), low.line_of(node), depth)


def _decorated(low: Lowering, node: Node, depth: int) -> list[Any] | None:
    definition = low.field(node, "definition")
    if definition is None:
        return None
    decorators = [child for child in node.named_children if child.type == "decorator"]
    return _define(low, definition, decorators, low.line_of(node), depth)


def _define(
    low: Lowering, node: Node, decorators: Sequence[Node], start: int, depth: int
) -> list[Any] | None:
    """A function or class with its body; `start` is the line where it begins with its decorators."""
    is_class = node.kind_id == low.kinds.class_definition
    parts = {child.type: child for child in node.named_children}
    name = parts.get("identifier")
    told = low.unit_names.get((start, low.text(name) or _NAMELESS)) if name is not None else None
    lowered: list[list[Any]] = []
    for decorator in decorators:
        line = low.begin(decorator)
        lowered.append([line, low.lower(first_named(decorator), depth)])
    line = low.begin(node)
    if not told:
        return low.block(parts.get("block"), depth)
    unit = _new_unit(told.pop(), is_class, low.inside, line)
    unit.decorators = lowered
    unit.type_parameters = lower_type_parameters(low, parts.get("type_parameter"), depth)
    if is_class:
        _add_bases(low, parts.get("argument_list"), unit, depth)
    else:
        unit.parameters = lower_parameters(low, parts.get("parameters"), depth)
        unit.returns = lower_annotation(low, parts.get("type"), depth)
        if is_async(node):
            unit.flags |= forms.ASYNC
    index = len(low.units)
    low.units.append(unit)
    outer, low.inside = low.inside, index
    unit.body = low.block(parts.get("block"), depth)
    low.inside = outer
    return [forms.CLASS if is_class else forms.DEFINE, line, index]


def _add_bases(low: Lowering, node: Node | None, unit: LoweredUnit, depth: int) -> None:
    for child in node.named_children if node is not None else ():
        kind = child.type
        if kind == "keyword_argument":
            name = low.field(child, "name")
            value = low.lower(low.field(child, "value"), depth)
            if name is not None and value is not None:
                unit.keywords.append([low.text(name), value])
        elif kind == "subscript":
            unit.bases.append(lower_annotation(low, child, depth))
        elif kind not in ("comment", "dictionary_splat"):
            unit.bases.append(low.lower(child, depth))


def _expression_statement(low: Lowering, node: Node, depth: int) -> list[Any] | None:
    parts = node.named_children
    inner = parts[0] if len(parts) == 1 else first_named(node)
    if inner is None:
        return None
    line, kind = low.row + 1, inner.kind_id
    if kind == low.kinds.assignment:
        return _assignment(low, inner, line, depth)
    if kind == low.kinds.augmented:
        operator = low.field(inner, "operator")
        target, value = low.field(inner, "left"), low.field(inner, "right")
        sign = operator.type[:-1] if operator else "+"
        return [forms.AUGMENT, line, sign, low.lower(target, depth), low.lower(value, depth)]
    form = low.lower(inner, depth) if len(parts) == 1 else low.many(parts, depth)
    return None if form is None else [forms.EXPRESSION, line, form]


def _assignment(low: Lowering, node: Node, line: int, depth: int) -> list[Any]:
    left, annotation, right = _sides(low, node)
    if annotation is not None:
        target, value = low.lower(left, depth), low.lower(right, depth)
        return [forms.DECLARE, line, target, lower_annotation(low, annotation, depth), value]
    targets: list[Form] = [low.lower(left, depth)]
    while right is not None and right.kind_id == low.kinds.assignment:
        left, _, right = _sides(low, right)
        targets.append(low.lower(left, depth))
    if targets[0] in ([forms.NAME, "__all__"], [forms.NAME, "__match_args__"]):
        return [forms.ASSIGN, line, targets, _texts(low, right, depth)]
    if right is not None and right.kind_id == low.kinds.string:
        return [forms.ASSIGN, line, targets, _name_in_text(low, right, depth)]
    return [forms.ASSIGN, line, targets, low.lower(right, depth)]


def _sides(low: Lowering, node: Node) -> tuple[Node | None, Node | None, Node | None]:
    """The target, the annotation and the value of an assignment."""
    parts = node.named_children
    if len(parts) == 2:
        left, right = parts
        return (left, right, None) if right.kind_id == low.kinds.type else (left, None, right)
    return low.field(node, "left"), low.field(node, "type"), low.field(node, "right")


def _name_in_text(low: Lowering, node: Node, depth: int) -> Form:
    """A text that may name something; what a formatted one is put together from counts too."""
    content = low.plain_text(node)
    if content is None:
        return low.lower(node, depth)
    return [forms.TEXT, content] if len(content) <= _MAX_NAME and content.isidentifier() else None


def _texts(low: Lowering, node: Node | None, depth: int) -> Form:
    """The value of `__all__`: its texts, and what else it is put together from."""
    if node is None:
        return None
    if depth > MAX_DEPTH:
        low.leave_out(node)
        return None
    if node.type == "binary_operator":
        left, right = low.field(node, "left"), low.field(node, "right")
        return [forms.BINARY, "+", _texts(low, left, depth + 1), _texts(low, right, depth + 1)]
    if node.type in ("list", "tuple", "expression_list"):
        texts = [low.plain_text(child) for child in node.named_children]
        return [forms.LIST, [[forms.TEXT, text] for text in texts if text is not None]]
    return low.lower(node, depth)


def _return(low: Lowering, node: Node, depth: int) -> list[Any]:
    return [forms.RETURN, low.row + 1, low.lower(first_named(node), depth)]


def _raise(low: Lowering, node: Node, depth: int) -> list[Any]:
    line, cause = low.row + 1, low.field(node, "cause")
    first = first_named(node)
    value = low.lower(first, depth) if first is not None and first != cause else None
    return [forms.RAISE, line, value, low.lower(cause, depth)]


def _names(op: int) -> StatementHandler:
    def handle(low: Lowering, node: Node, _depth: int) -> list[Any]:
        names = [low.text(child) for child in node.named_children if child.type == "identifier"]
        return [op, low.row + 1, names]

    return handle


def _delete(low: Lowering, node: Node, depth: int) -> list[Any]:
    return [forms.DELETE, low.row + 1, low.lower_all(node.named_children, depth)]


def _assert(low: Lowering, node: Node, depth: int) -> list[Any]:
    parts = low.lower_all(node.named_children, depth)
    return [forms.ASSERT, low.row + 1, parts[0] if parts else None, parts[1] if len(parts) > 1 else None]


def _type_alias(low: Lowering, node: Node, depth: int) -> list[Any] | None:
    left, right = low.field(node, "left"), low.field(node, "right")
    name = first_named(left) if left is not None else None
    parameters: list[list[Any]] = []
    if name is not None and name.type == "generic_type":
        parameters = lower_type_parameters(low, name.named_children[-1], depth)
        name = first_named(name)
    if name is None:
        return None
    return [forms.ALIAS, low.row + 1, low.text(name), parameters, lower_annotation(low, right, depth)]


def _jump(low: Lowering, _node: Node, _depth: int) -> list[Any]:
    return [forms.JUMP, low.row + 1]


_STATEMENTS: Final[dict[str, StatementHandler]] = {
    **WITH_BLOCKS,
    "expression_statement": _expression_statement,
    "return_statement": _return,
    "raise_statement": _raise,
    "import_statement": lower_import,
    "import_from_statement": lower_import_from,
    "future_import_statement": lower_import_from,
    "global_statement": _names(forms.GLOBAL),
    "nonlocal_statement": _names(forms.NONLOCAL),
    "delete_statement": _delete,
    "assert_statement": _assert,
    "type_alias_statement": _type_alias,
    "decorated_definition": _decorated,
    "function_definition": _definition,
    "class_definition": _definition,
    "break_statement": _jump,
    "continue_statement": _jump,
}
_TABLES: dict[int, KindTable] = {}


def _kinds_of(language: tree_sitter.Language) -> KindTable:
    table = _TABLES.get(id(language))
    if table is None:
        table = _TABLES[id(language)] = KindTable(language, EXPRESSIONS, ANNOTATIONS, _STATEMENTS)
    return table

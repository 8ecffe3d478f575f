"""Lowers a Python file to units with bodies of forms.

Every function and class that the file's reading has as a unit becomes one here, under the same name. Statements that
nothing follows from (texts, numbers, `pass`) are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Block, Form, LoweredUnit
from aifirst_memory.dependencies.python.lower_expressions import MAX_DEPTH, ExpressionLowering, Node


def lower_file(reading: Reading) -> list[LoweredUnit]:
    """The lowered units of a file, the module's own code first, each before those inside it."""
    language = reading.language
    lowering = StatementLowering(reading.data, language.grammar, language.parser.parse)
    lowering.unit_of = {unit.name_start: unit.name for unit in reading.units[1:]}
    module = _new_unit("", False, -1, 1)
    lowering.units.append(module)
    module.body = lowering.block(reading.tree.root_node, 0)
    return lowering.units


def _new_unit(name: str, is_class: bool, parent: int, line: int) -> LoweredUnit:
    return LoweredUnit(name, is_class, parent, line, [], [], [], None, [], [], 0, [])


class StatementLowering(ExpressionLowering):
    """Lowers statements; `units` grows by every definition met, `inside` is the index of the one being filled."""

    unit_of: dict[int, str]

    def __init__(self, data: bytes, language: Any, parse: Callable[[bytes], Any]) -> None:
        super().__init__(data, language, parse)
        self.units: list[LoweredUnit] = []
        self.inside = 0

    def block(self, node: Node | None, depth: int) -> Block:
        """The statements of a block."""
        found: Block = []
        if node is None or depth > MAX_DEPTH:
            return found
        for child in node.named_children:
            handler = _STATEMENTS.get(child.type)
            if handler is None:
                continue
            start = child.start_point.row
            self.row = self.at_row = start
            self.spans_lines = child.end_point.row != start
            statement = handler(self, child, depth + 1)
            if statement is not None:
                if statement and isinstance(statement[0], list):
                    found.extend(statement)
                else:
                    found.append(statement)
        return found

    def begin(self, node: Node) -> int:
        """Make the statement's row the one that lines are counted from; its line, 1-based."""
        start = node.start_point.row
        self.row = self.at_row = start
        self.spans_lines = True
        return start + 1

    def define(self, node: Node, decorators: Sequence[Node], depth: int) -> list[Any] | None:
        """A function or class with its body."""
        is_class = node.type == "class_definition"
        name = self.field(node, "name")
        unit_name = self.unit_of.get(name.start_byte) if name is not None else None
        lowered: Block = []
        for decorator in decorators:
            self.begin(decorator)
            form = self.lower(_inner(decorator), depth)
            lowered.append([decorator.start_point.row + 1, form])
        line = self.begin(node)
        if unit_name is None:
            body = self.block(self.field(node, "body"), depth)
            return body or None
        unit = _new_unit(unit_name, is_class, self.inside, line)
        unit.decorators = lowered
        unit.type_parameters = self.type_parameters(self.field(node, "type_parameters"), depth)
        if is_class:
            self._bases(self.field(node, "superclasses"), unit, depth)
        else:
            unit.parameters = self.parameters(self.field(node, "parameters"), depth)
            unit.returns = self.annotation(self.field(node, "return_type"), depth)
            if node.children[0].type == "async":
                unit.flags |= forms.ASYNC
        index = len(self.units)
        self.units.append(unit)
        outer, self.inside = self.inside, index
        unit.body = self.block(self.field(node, "body"), depth)
        self.inside = outer
        return [forms.CLASS if is_class else forms.DEFINE, line, index]

    def _bases(self, node: Node | None, unit: LoweredUnit, depth: int) -> None:
        for child in node.named_children if node is not None else ():
            if child.type == "keyword_argument":
                name = self.field(child, "name")
                value = self.lower(self.field(child, "value"), depth)
                if name is not None and value is not None:
                    unit.keywords.append([self.text(name), value])
            elif child.type not in ("comment", "dictionary_splat"):
                unit.bases.append(
                    self.annotation(child, depth) if child.type == "subscript" else self.lower(child, depth)
                )

    def type_parameters(self, node: Node | None, depth: int) -> list[list[Any]]:
        """Names of type parameters with their bounds."""
        found: list[list[Any]] = []
        for child in node.named_children if node is not None else ():
            inner = _inner(child)
            bound: Form = None
            if inner is not None and inner.type == "constrained_type":
                sides = inner.named_children
                bound = self.annotation(sides[-1], depth)
                inner = _inner(sides[0])
            while inner is not None and inner.type != "identifier":
                inner = _inner(inner)
            if inner is not None:
                found.append([self.text(inner), bound])
        return found


def _inner(node: Node) -> Node | None:
    for child in node.named_children:
        if not child.is_extra:
            return child
    return None


def _expression_statement(low: StatementLowering, node: Node, depth: int) -> list[Any] | None:
    inner = _inner(node)
    if inner is None:
        return None
    line = low.row + 1
    if inner.type == "assignment":
        return _assignment(low, inner, line, depth)
    if inner.type == "augmented_assignment":
        operator = low.field(inner, "operator")
        target, value = (
            low.lower(low.field(inner, "left"), depth),
            low.lower(low.field(inner, "right"), depth),
        )
        return [forms.AUGMENT, line, operator.type[:-1] if operator else "+", target, value]
    form = low.lower(inner, depth) if node.named_child_count == 1 else low.many(node.named_children, depth)
    return None if form is None else [forms.EXPRESSION, line, form]


def _assignment(low: StatementLowering, node: Node, line: int, depth: int) -> list[Any] | None:
    annotation = low.field(node, "type")
    if annotation is not None:
        target = low.lower(low.field(node, "left"), depth)
        value = low.lower(low.field(node, "right"), depth)
        return [forms.DECLARE, line, target, low.annotation(annotation, depth), value]
    targets: list[Form] = []
    at: Node | None = node
    while at is not None and at.type == "assignment" and len(targets) < MAX_DEPTH:
        targets.append(low.lower(low.field(at, "left"), depth))
        at = low.field(at, "right")
    if targets[0] in ([forms.NAME, "__all__"], [forms.NAME, "__match_args__"]):
        return [forms.ASSIGN, line, targets, _texts(low, at)]
    if at is not None and at.type == "string":
        content = low.plain_text(at)
        value = (
            [forms.TEXT, content]
            if content is not None and len(content) <= 120 and content.isidentifier()
            else None
        )
    else:
        value = low.lower(at, depth)
    return [forms.ASSIGN, line, targets, value]


def _texts(low: StatementLowering, node: Node | None) -> Form:
    """The value of `__all__`: its texts, and what else it is put together from."""
    if node is None:
        return None
    if node.type == "binary_operator":
        return [
            forms.BINARY,
            "+",
            _texts(low, low.field(node, "left")),
            _texts(low, low.field(node, "right")),
        ]
    if node.type in ("list", "tuple", "expression_list"):
        texts = [low.plain_text(child) for child in node.named_children]
        return [forms.LIST, [[forms.TEXT, text] for text in texts if text is not None]]
    return low.lower(node, 1)


def _return(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    return [forms.RETURN, low.row + 1, low.lower(_inner(node), depth)]


def _raise(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    line, cause = low.row + 1, low.field(node, "cause")
    first = _inner(node)
    value = low.lower(first, depth) if first is not None and first != cause else None
    return [forms.RAISE, line, value, low.lower(cause, depth)]


def _if(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    head = low.lower(low.field(node, "condition"), depth)
    body = low.block(low.field(node, "consequence"), depth)
    result: list[Any] = [forms.IF, line, head, body, []]
    last = result
    for clause in node.children_by_field_id(low.fields["alternative"]):
        if clause.type == "elif_clause":
            line = low.begin(clause)
            head = low.lower(low.field(clause, "condition"), depth)
            # An elif is an else with an if inside; a long chain of them must not nest without end.
            inner: list[Any] = [forms.IF, line, head, low.block(low.field(clause, "consequence"), depth), []]
            last[4] = [inner]
            last = inner
            depth = min(depth + 1, MAX_DEPTH + 1)
        else:
            last[4] = low.block(low.field(clause, "body"), depth)
    return result


def _for(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    target, iterable = low.lower(low.field(node, "left"), depth), low.lower(low.field(node, "right"), depth)
    is_async = node.children[0].type == "async"
    body = low.block(low.field(node, "body"), depth)
    return [forms.FOR, line, target, iterable, body, _alternative(low, node, depth), is_async]


def _while(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    test = low.lower(low.field(node, "condition"), depth)
    return [
        forms.WHILE,
        line,
        test,
        low.block(low.field(node, "body"), depth),
        _alternative(low, node, depth),
    ]


def _alternative(low: StatementLowering, node: Node, depth: int) -> Block:
    clause = low.field(node, "alternative")
    return low.block(low.field(clause, "body"), depth) if clause is not None else []


def _try(low: StatementLowering, node: Node, depth: int) -> list[Any]:
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
            final = low.block(_block_of(clause), depth)
    return [forms.TRY, line, low.block(low.field(node, "body"), depth), handlers, orelse, final]


def _handler(low: StatementLowering, clause: Node, depth: int) -> list[Any]:
    low.begin(clause)
    line, name = low.row + 1, None
    value = low.field(clause, "value")
    if value is not None and value.type == "as_pattern":
        alias = low.field(value, "alias")
        name = low.text(alias) if alias is not None else None
        value = _inner(value)
    classes = low.lower(value, depth)
    return [line, classes, name, low.block(_block_of(clause), depth)]


def _block_of(node: Node) -> Node | None:
    for child in node.named_children:
        if child.type == "block":
            return child
    return None


def _with(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    items: list[list[Any]] = []
    clause = _inner(node)
    for item in clause.named_children if clause is not None else ():
        value = low.field(item, "value") if item.type == "with_item" else None
        if value is None:
            continue
        if value.type == "as_pattern":
            items.append([low.lower(_inner(value), depth), low.lower(low.field(value, "alias"), depth)])
        else:
            items.append([low.lower(value, depth), None])
    is_async = node.children[0].type == "async"
    return [forms.WITH, line, items, low.block(low.field(node, "body"), depth), is_async]


def _match(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    line = low.row + 1
    subjects = low.lower_all(node.children_by_field_name("subject"), depth)
    cases: list[list[Any]] = []
    body = low.field(node, "body")
    for clause in body.named_children if body is not None else ():
        if clause.type != "case_clause":
            continue
        low.begin(clause)
        pattern = [
            _pattern(low, child, depth) for child in clause.named_children if child.type == "case_pattern"
        ]
        guard = low.field(clause, "guard")
        test = low.lower(_inner(guard), depth) if guard is not None else None
        line_of_case = low.row + 1
        block = low.block(low.field(clause, "consequence"), depth)
        cases.append([line_of_case, pattern[0] if len(pattern) == 1 else ["sequence", pattern], test, block])
    return [forms.MATCH, line, subjects[0] if len(subjects) == 1 else [forms.TUPLE, subjects], cases]


def _pattern(low: StatementLowering, node: Node | None, depth: int) -> Form:
    """A pattern: ["name", n], ["value", form], ["class", form, parts, [[name, part]]], ["sequence", parts],
    ["mapping", [[key, part]]], ["or", parts], ["as", part, name], ["rest", name]; None where it binds nothing."""
    inner = [child for child in node.named_children if not child.is_extra] if node is not None else []
    if node is None or not inner or depth > MAX_DEPTH:
        return None
    depth += 1
    kind = node.type
    if kind == "case_pattern":
        return _pattern(low, inner[0], depth)
    if kind == "dotted_name":
        return _name_pattern(low, node, depth)
    if kind == "class_pattern":
        return _class_pattern(low, inner, depth)
    if kind == "as_pattern":
        return ["as", _pattern(low, inner[0], depth), low.text(inner[-1])]
    if kind == "splat_pattern":
        return ["rest", low.text(inner[-1])]
    name = _PATTERNS.get(kind)
    return (
        None
        if name is None
        else [name, [_pattern(low, child, depth) for child in inner if child.type != "string"]]
    )


def _name_pattern(low: StatementLowering, node: Node, depth: int) -> Form:
    if node.named_child_count > 1:
        return ["value", low.lower(node, depth)]
    return None if low.text(node) == "_" else ["name", low.text(node)]


_PATTERNS: Final = {
    "list_pattern": "sequence", "tuple_pattern": "sequence", "union_pattern": "or", "dict_pattern": "mapping",
}  # fmt: skip


def _class_pattern(low: StatementLowering, inner: list[Node], depth: int) -> Form:
    parts: list[Form] = []
    named: list[list[Any]] = []
    for child in inner[1:]:
        part = _inner(child)
        if part is not None and part.type == "keyword_pattern":
            sides = part.named_children
            named.append([low.text(sides[0]), _pattern(low, sides[-1], depth)])
        else:
            parts.append(_pattern(low, child, depth))
    return ["class", low.lower(inner[0], depth), parts, named]


def _import(low: StatementLowering, node: Node, _depth: int) -> list[Any]:
    names: list[list[Any]] = []
    for child in node.named_children:
        if child.type == "aliased_import":
            dotted, alias = low.field(child, "name"), low.field(child, "alias")
            if dotted is not None and alias is not None:
                names.append([low.text(dotted), low.text(alias)])
        elif child.type == "dotted_name":
            names.append([low.text(child), None])
    return [forms.IMPORT, low.row + 1, names]


def _import_from(low: StatementLowering, node: Node, _depth: int) -> list[Any]:
    level, module = 0, ""
    origin = low.field(node, "module_name")
    if node.type == "future_import_statement":
        module = "__future__"
    elif origin is not None and origin.type == "relative_import":
        for part in origin.named_children:
            if part.type == "import_prefix":
                level = low.text(part).count(".")
            elif part.type == "dotted_name":
                module = low.text(part)
    elif origin is not None:
        module = low.text(origin)
    names: list[list[Any]] | None = []
    for child in node.named_children:
        if child == origin:
            continue
        if child.type == "wildcard_import":
            names = None
            break
        if child.type == "aliased_import":
            dotted, alias = low.field(child, "name"), low.field(child, "alias")
            if dotted is not None and alias is not None:
                names.append([low.text(dotted), low.text(alias)])
        elif child.type == "dotted_name":
            names.append([low.text(child), None])
    return [forms.FROM, low.row + 1, level, "".join(module.split()), names]


def _names(op: int) -> Callable[[StatementLowering, Node, int], list[Any]]:
    def handle(low: StatementLowering, node: Node, _depth: int) -> list[Any]:
        return [
            op,
            low.row + 1,
            [low.text(child) for child in node.named_children if child.type == "identifier"],
        ]

    return handle


def _delete(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    return [forms.DELETE, low.row + 1, low.lower_all(node.named_children, depth)]


def _assert(low: StatementLowering, node: Node, depth: int) -> list[Any]:
    parts = low.lower_all(node.named_children, depth)
    return [forms.ASSERT, low.row + 1, parts[0] if parts else None, parts[1] if len(parts) > 1 else None]


def _type_alias(low: StatementLowering, node: Node, depth: int) -> list[Any] | None:
    left, right = low.field(node, "left"), low.field(node, "right")
    name = _inner(left) if left is not None else None
    parameters: list[list[Any]] = []
    if name is not None and name.type == "generic_type":
        parameters = low.type_parameters(name.named_children[-1], depth)
        name = _inner(name)
    if name is None:
        return None
    return [forms.ALIAS, low.row + 1, low.text(name), parameters, low.annotation(right, depth)]


def _decorated(low: StatementLowering, node: Node, depth: int) -> list[Any] | None:
    definition = low.field(node, "definition")
    if definition is None:
        return None
    return low.define(
        definition, [child for child in node.named_children if child.type == "decorator"], depth
    )


def _jump(low: StatementLowering, _node: Node, _depth: int) -> list[Any]:
    return [forms.JUMP, low.row + 1]


def _nested(low: StatementLowering, node: Node, depth: int) -> list[Any] | None:
    found = low.block(node, depth)
    return found or None


_STATEMENTS: Final[dict[str, Callable[[StatementLowering, Node, int], list[Any] | None]]] = {
    "expression_statement": _expression_statement,
    "return_statement": _return,
    "raise_statement": _raise,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": _match,
    "import_statement": _import,
    "import_from_statement": _import_from,
    "future_import_statement": lambda low, node, depth: _import_from(low, node, depth),
    "global_statement": _names(forms.GLOBAL),
    "nonlocal_statement": _names(forms.NONLOCAL),
    "delete_statement": _delete,
    "assert_statement": _assert,
    "type_alias_statement": _type_alias,
    "decorated_definition": _decorated,
    "function_definition": lambda low, node, depth: low.define(node, (), depth),
    "class_definition": lambda low, node, depth: low.define(node, (), depth),
    "break_statement": _jump,
    "continue_statement": _jump,
    "ERROR": _nested,
    "block": _nested,
}

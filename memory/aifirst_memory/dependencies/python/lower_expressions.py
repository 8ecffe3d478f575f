"""Lowers the expressions of a Python syntax tree to forms.

One handler a kind of node, found by the node's number; what no handler knows (numbers, operators, comments, broken
parts) is None, and nothing below it is looked at. Depth is bounded, because texts that nobody wrote nest without end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import tree_sitter

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Form

Node = tree_sitter.Node
MAX_DEPTH: Final = 60
"""Levels of expressions and blocks inside each other: more than people write."""
_MAX_TEXT: Final = 120
_MAX_ELEMENTS: Final = 400
"""Elements of one literal that are looked at: tables longer than this are data."""


class ExpressionLowering:
    """Lowers expressions of one file. `row` is that of the statement around, 0-based."""

    def __init__(
        self, data: bytes, language: tree_sitter.Language, parse: Callable[[bytes], tree_sitter.Tree]
    ) -> None:
        self.data = data
        self.handlers = _handlers_of(language)
        self.fields = {name: language.field_id_for_name(name) or 0 for name in _FIELDS}
        self.parse = parse
        self.row = 0
        self.at_row = 0
        self.spans_lines = False

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def field(self, node: Node, name: str) -> Node | None:
        """A child by the name of its field."""
        return node.child_by_field_id(self.fields[name])

    def lower(self, node: Node | None, depth: int) -> Form:
        """The form of an expression."""
        if node is None or depth > MAX_DEPTH:
            return None
        handler = self.handlers.get(node.kind_id)
        if handler is None:
            return None
        if not self.spans_lines:
            return handler(self, node, depth + 1)
        row = node.start_point.row
        if row == self.at_row:
            return handler(self, node, depth + 1)
        outer, self.at_row = self.at_row, row
        form = handler(self, node, depth + 1)
        self.at_row = outer
        return None if form is None else [forms.AT_LINE, row - self.row, form]

    def lower_all(self, nodes: list[Node], depth: int) -> list[Form]:
        """The forms of expressions, as many as there are nodes."""
        return [self.lower(node, depth) for node in nodes if not node.is_extra]

    def many(self, nodes: list[Node], depth: int) -> Form:
        """Expressions whose values do not matter: one form for all that have one."""
        found = [form for form in (self.lower(node, depth) for node in nodes) if form is not None]
        return [forms.MANY, found] if found else None

    def annotation(self, node: Node | None, depth: int) -> Form:
        """The form of a type: texts in it are types too, except those of `Literal`."""
        if node is None or depth > MAX_DEPTH:
            return None
        kind = node.type
        if kind == "string":
            return self._quoted(node, depth)
        if kind in ("type", "parenthesized_expression", "splat_type", "list_splat"):
            return self.annotation(_first_named(node), depth + 1)
        if kind in ("generic_type", "subscript"):
            return self._generic(node, depth + 1)
        if kind in ("list", "tuple"):
            inner = [self.annotation(part, depth + 1) for part in node.named_children if not part.is_extra]
            return [forms.LIST, inner]
        if kind in ("union_type", "binary_operator"):
            sides = [self.annotation(side, depth + 1) for side in node.named_children if not side.is_extra]
            return [forms.BINARY, "|", *sides] if len(sides) == 2 else None
        if kind == "member_type":
            parts = node.named_children
            return [forms.ATTRIBUTE, self.annotation(parts[0], depth + 1), self.text(parts[-1])]
        return self.lower(node, depth)

    def _generic(self, node: Node, depth: int) -> Form:
        parts = [part for part in node.named_children if not part.is_extra]
        if not parts:
            return None
        head = self.lower(parts[0], depth)
        if head is None or (head[2][-1] if head[0] == forms.AT_LINE else head[-1]) == "Literal":
            return head
        arguments = parts[1:]
        if len(arguments) == 1 and arguments[0].type == "type_parameter":
            arguments = [part for part in arguments[0].named_children if not part.is_extra]
        inner = [self.annotation(argument, depth) for argument in arguments]
        return [forms.SUBSCRIPT, head, inner[0] if len(inner) == 1 else [forms.TUPLE, inner]]

    def _quoted(self, node: Node, depth: int) -> Form:
        content = self.plain_text(node)
        if not content or len(content) > 400:
            return None
        tree = self.parse(f"({content.strip()})".encode())
        root = tree.root_node
        if root.has_error or root.named_child_count != 1:
            return None
        inner = ExpressionLowering.__new__(ExpressionLowering)
        inner.__dict__.update(self.__dict__)
        inner.data = f"({content.strip()})".encode()
        inner.spans_lines = False
        statement = _first_named(root)
        return inner.annotation(_first_named(statement) if statement else None, depth + 1)

    def plain_text(self, node: Node) -> str | None:
        """The content of a string without interpolation or escapes; None where it has any."""
        if node.type != "string":
            return None
        content = ""
        for part in node.named_children:
            kind = part.type
            if kind == "string_content":
                if part.named_child_count:
                    return None
                content += self.text(part)
            elif kind == "interpolation":
                return None
        return content

    def parameters(self, node: Node | None, depth: int) -> list[forms.Parameter]:
        """The parameters of a function or lambda."""
        found: list[forms.Parameter] = []
        sort = forms.ORDINARY
        for child in node.named_children if node is not None else ():
            kind = child.type
            if kind == "positional_separator":
                found = [forms.Parameter(p.name, forms.POSITIONAL, p.annotation, p.default) for p in found]
            elif kind == "keyword_separator":
                sort = forms.KEYWORD
            else:
                parameter = self._parameter(child, kind, sort, depth)
                if parameter is not None:
                    if parameter.sort == forms.REST:
                        sort = forms.KEYWORD
                    found.append(parameter)
        return found

    def _parameter(self, node: Node, kind: str, sort: int, depth: int) -> forms.Parameter | None:
        annotation: Form = None
        default: Form = None
        name: Node | None = node
        if kind in ("typed_parameter", "typed_default_parameter"):
            annotation = self.annotation(self.field(node, "type"), depth)
        if kind in ("default_parameter", "typed_default_parameter"):
            default = self.lower(self.field(node, "value"), depth)
            name = self.field(node, "name")
        elif kind == "typed_parameter":
            name = _first_named(node)
        if name is None:
            return None
        if name.type == "list_splat_pattern":
            sort, name = forms.REST, _first_named(name)
        elif name.type == "dictionary_splat_pattern":
            sort, name = forms.KEYWORDS, _first_named(name)
        if name is None or name.type != "identifier":
            return None
        return forms.Parameter(self.text(name), sort, annotation, default)


def _first_named(node: Node) -> Node | None:
    for child in node.named_children:
        if not child.is_extra:
            return child
    return None


def _name(low: ExpressionLowering, node: Node, _depth: int) -> Form:
    return [forms.NAME, low.data[node.start_byte : node.end_byte].decode("utf-8", "replace")]


def _attribute(low: ExpressionLowering, node: Node, depth: int) -> Form:
    value = low.lower(low.field(node, "object"), depth)
    name = low.field(node, "attribute")
    if value is None or name is None:
        return value
    if value[0] == forms.STAR:
        return [forms.STAR, [forms.ATTRIBUTE, value[1], low.text(name)]]
    return [forms.ATTRIBUTE, value, low.text(name)]


def _call(low: ExpressionLowering, node: Node, depth: int) -> Form:
    callee = low.lower(low.field(node, "function"), depth)
    # The grammar reads `*f()` as a call of `*f`.
    starred = callee is not None and callee[0] == forms.STAR
    if callee is not None and starred:
        callee = callee[1]
    arguments, keywords = _arguments(low, low.field(node, "arguments"), depth)
    keywords = [pair for pair in keywords if pair[1] is not None]
    if callee is None:
        return _call_of_nothing(low, node, [*arguments, *(pair[1] for pair in keywords)])
    while arguments and arguments[-1] is None:
        arguments.pop()
    call: list[Any] = [forms.CALL, callee, arguments, keywords]
    return [forms.STAR, call] if starred else call


def _call_of_nothing(low: ExpressionLowering, node: Node, parts: list[Form]) -> Form:
    """A call of what has no form, as a text's method: what is left are its arguments."""
    if len(parts) == 1 and parts[0] is not None and _is_join(low, node):
        return [forms.ITERATED, parts[0], False]
    kept = [part for part in parts if part is not None and part[0] != forms.TEXT]
    return [forms.MANY, kept] if kept else None


def _is_join(low: ExpressionLowering, node: Node) -> bool:
    """Whether a call is `"…".join(…)`, which runs through its argument."""
    function = low.field(node, "function")
    name = low.field(function, "attribute") if function is not None else None
    return name is not None and low.text(name) == "join"


def _arguments(
    low: ExpressionLowering, holder: Node | None, depth: int
) -> tuple[list[Form], list[list[Any]]]:
    arguments: list[Form] = []
    keywords: list[list[Any]] = []
    if holder is not None and holder.type == "generator_expression":
        return [low.lower(holder, depth)], keywords
    for child in holder.named_children[:_MAX_ELEMENTS] if holder is not None else ():
        kind = child.type
        if kind == "keyword_argument":
            name, value = low.field(child, "name"), low.field(child, "value")
            keywords.append([low.text(name) if name else "", _argument(low, value, depth)])
        elif kind == "dictionary_splat":
            keywords.append(["", low.lower(_first_named(child), depth)])
        elif kind != "comment":
            arguments.append(_argument(low, child, depth))
    return arguments, keywords


def _argument(low: ExpressionLowering, node: Node | None, depth: int) -> Form:
    if node is not None and node.type == "string":
        return _constant(low, node, depth)
    return low.lower(node, depth)


def _constant(low: ExpressionLowering, node: Node | None, depth: int) -> Form:
    """An index, a key or an argument: short texts and numbers matter there."""
    if node is None:
        return None
    kind = node.type
    if kind == "string":
        content = low.plain_text(node)
        if content is not None:
            return [forms.TEXT, content] if len(content) <= _MAX_TEXT else None
    elif kind == "integer":
        digits = low.text(node)
        return [forms.NUMBER, int(digits)] if len(digits) < 5 and digits.isdecimal() else None
    return low.lower(node, depth)


def _subscript(low: ExpressionLowering, node: Node, depth: int) -> Form:
    parts = [child for child in node.named_children if not child.is_extra]
    value = low.lower(parts[0], depth) if parts else None
    indices = [_constant(low, part, depth) for part in parts[1:]]
    if value is None:
        return low.many(parts[1:], depth)
    return [forms.SUBSCRIPT, value, indices[0] if len(indices) == 1 else [forms.TUPLE, indices]]


def _elements(op: int) -> Callable[[ExpressionLowering, Node, int], Form]:
    def handle(low: ExpressionLowering, node: Node, depth: int) -> Form:
        found = low.lower_all(node.named_children[:_MAX_ELEMENTS], depth)
        if op != forms.TUPLE and not any(found):
            return [op, []]
        return [op, found]

    return handle


def _dictionary(low: ExpressionLowering, node: Node, depth: int) -> Form:
    pairs: list[list[Any]] = []
    for child in node.named_children[:_MAX_ELEMENTS]:
        if child.type == "pair":
            value = low.lower(low.field(child, "value"), depth)
            key = low.field(child, "key")
            if value is not None or (key is not None and key.type not in ("string", "integer")):
                pairs.append([_constant(low, key, depth), value])
        elif child.type == "dictionary_splat":
            pairs.append([False, low.lower(_first_named(child), depth)])
    return [forms.DICT, pairs]


def _comprehension(kind: str) -> Callable[[ExpressionLowering, Node, int], Form]:
    def handle(low: ExpressionLowering, node: Node, depth: int) -> Form:
        body = low.field(node, "body")
        clauses: list[list[Any]] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                target, iterable = low.field(child, "left"), low.field(child, "right")
                is_async = child.children[0].type == "async"
                clauses.append([low.lower(target, depth), low.lower(iterable, depth), [], is_async])
            elif child.type == "if_clause" and clauses:
                test = low.lower(_first_named(child), depth)
                if test is not None:
                    clauses[-1][2].append(test)
        if body is not None and body.type == "pair":
            element = low.lower(low.field(body, "key"), depth)
            return [forms.COMPREHENSION, kind, element, clauses, low.lower(low.field(body, "value"), depth)]
        return [forms.COMPREHENSION, kind, low.lower(body, depth), clauses, None]

    return handle


def _lambda(low: ExpressionLowering, node: Node, depth: int) -> Form:
    parameters = low.parameters(low.field(node, "parameters"), depth)
    listed = [[p.name, p.sort, None, p.default] for p in parameters]
    return [forms.LAMBDA, listed, low.lower(low.field(node, "body"), depth)]


def _conditional(low: ExpressionLowering, node: Node, depth: int) -> Form:
    parts = low.lower_all(node.named_children, depth)
    return [forms.CONDITIONAL, parts[1], parts[0], parts[2]] if len(parts) == 3 else None


def _boolean(low: ExpressionLowering, node: Node, depth: int) -> Form:
    operator = low.field(node, "operator")
    left, right = low.lower(low.field(node, "left"), depth), low.lower(low.field(node, "right"), depth)
    if left is None and right is None:
        return None
    return [forms.BOOLEAN, operator.type if operator else "or", left, right]


def _binary(low: ExpressionLowering, node: Node, depth: int) -> Form:
    # Long sums nest to the left: walk down that side without recursion.
    spine: list[Node] = []
    at: Node | None = node
    while at is not None and at.kind_id == node.kind_id:
        spine.append(at)
        at = low.field(at, "left")
    form = low.lower(at, depth)
    for level, holder in enumerate(reversed(spine)):
        right = low.lower(low.field(holder, "right"), depth)
        operator = low.field(holder, "operator")
        if form is None and right is None:
            continue
        if level > MAX_DEPTH:
            break
        form = [forms.BINARY, operator.type if operator else "+", form, right]
    return form


def _unary(low: ExpressionLowering, node: Node, depth: int) -> Form:
    operand = low.lower(low.field(node, "argument"), depth)
    if operand is None:
        return None
    return [forms.UNARY, node.children[0].type, operand]


def _compare(low: ExpressionLowering, node: Node, depth: int) -> Form:
    operands = low.lower_all(node.named_children, depth)
    if not any(operands):
        return None
    operators = [child.type for child in node.children_by_field_name("operators")]
    return [forms.COMPARE, operators, operands]


def _single(op: int) -> Callable[[ExpressionLowering, Node, int], Form]:
    def handle(low: ExpressionLowering, node: Node, depth: int) -> Form:
        return [op, low.lower(_first_named(node), depth)]

    return handle


def _yield(low: ExpressionLowering, node: Node, depth: int) -> Form:
    is_from = any(child.type == "from" for child in node.children[:2])
    return [forms.YIELD_FROM if is_from else forms.YIELD, low.lower(_first_named(node), depth)]


def _walrus(low: ExpressionLowering, node: Node, depth: int) -> Form:
    name, value = low.field(node, "name"), low.field(node, "value")
    return [forms.WALRUS, low.text(name), low.lower(value, depth)] if name else low.lower(value, depth)


def _inside(low: ExpressionLowering, node: Node, depth: int) -> Form:
    return low.lower(_first_named(node), depth)


def _parts(low: ExpressionLowering, node: Node, depth: int) -> Form:
    return low.many(node.named_children, depth)


def _string(low: ExpressionLowering, node: Node, depth: int) -> Form:
    if node.named_child_count <= 3:
        children = node.named_children
        if len(children) < 2 or not any(child.type == "interpolation" for child in children):
            return None
    found: list[Any] = []
    for child in node.named_children:
        if child.type == "interpolation":
            found.extend(_interpolated(low, child, depth))
    return [forms.FORMAT, found] if found else None


def _interpolated(low: ExpressionLowering, node: Node, depth: int) -> list[Form]:
    """What one pair of braces formats: its expression, and those in its format."""
    found: list[Form] = []
    for part in node.named_children:
        kind = part.type
        if kind == "format_specifier":
            found.extend(low.lower_all(part.named_children, depth))
        elif kind != "type_conversion":
            found.append(low.lower(part, depth))
        elif low.text(part) == "!r":
            found = [form and [forms.CALL, [forms.NAME, "repr"], [form], []] for form in found]
    return [form for form in found if form is not None]


def _type(low: ExpressionLowering, node: Node, depth: int) -> Form:
    return low.annotation(_first_named(node), depth)


Handler = Callable[[ExpressionLowering, Node, int], Form]
_HANDLERS: Final[dict[str, Handler]] = {
    "identifier": _name,
    "attribute": _attribute,
    "call": _call,
    "subscript": _subscript,
    "tuple": _elements(forms.TUPLE),
    "expression_list": _elements(forms.TUPLE),
    "pattern_list": _elements(forms.TUPLE),
    "tuple_pattern": _elements(forms.TUPLE),
    "list_pattern": _elements(forms.TUPLE),
    "list": _elements(forms.LIST),
    "set": _elements(forms.SET),
    "dictionary": _dictionary,
    "list_comprehension": _comprehension("list"),
    "set_comprehension": _comprehension("set"),
    "dictionary_comprehension": _comprehension("dict"),
    "generator_expression": _comprehension("generator"),
    "lambda": _lambda,
    "conditional_expression": _conditional,
    "boolean_operator": _boolean,
    "binary_operator": _binary,
    "unary_operator": _unary,
    "not_operator": _unary,
    "comparison_operator": _compare,
    "await": _single(forms.AWAIT),
    "yield": _yield,
    "named_expression": _walrus,
    "list_splat": _single(forms.STAR),
    "list_splat_pattern": _single(forms.STAR),
    "parenthesized_expression": _inside,
    "concatenated_string": _parts,
    "string": _string,
    "interpolation": _inside,
    "format_expression": _inside,
    "slice": _parts,
    "type": _type,
    "dotted_name": lambda low, node, depth: _dotted(low, node, depth),
    "generic_type": lambda low, node, depth: low.annotation(node, depth),
    "union_type": lambda low, node, depth: low.annotation(node, depth),
    "member_type": lambda low, node, depth: low.annotation(node, depth),
    "as_pattern_target": _inside,
    "print_statement": _parts,
    "exec_statement": _parts,
    "chevron": _inside,
}
_FIELDS: Final = (
    "object", "attribute", "function", "arguments", "name", "value", "key", "left", "right", "body", "parameters",
    "operator", "argument", "type", "alternative", "condition", "consequence", "alias", "superclasses", "return_type",
    "type_parameters", "definition", "module_name", "subject", "guard", "cause",
)  # fmt: skip


def _dotted(low: ExpressionLowering, node: Node, _depth: int) -> Form:
    form: Form = None
    for part in node.named_children:
        form = [forms.NAME, low.text(part)] if form is None else [forms.ATTRIBUTE, form, low.text(part)]
    return form


_TABLES: dict[int, dict[int, Handler]] = {}


def _handlers_of(language: tree_sitter.Language) -> dict[int, Handler]:
    table = _TABLES.get(id(language))
    if table is None:
        table = {}
        for name, handler in _HANDLERS.items():
            number = language.id_for_node_kind(name, True)
            if number is not None:
                table[number] = handler
        _TABLES[id(language)] = table
    return table

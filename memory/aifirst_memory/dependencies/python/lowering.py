"""The lowering of one file: its text, where it stands in it, and how a node of the syntax tree finds its handler.

One handler a kind of node, found by the node's number; what no handler knows (numbers, operators, comments, broken
parts) is None, and nothing below it is looked at. Depth is bounded, because texts that nobody wrote nest without end:
what lies deeper is left out, and the lowering remembers where. What the handlers do is in the `lower_*` modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import tree_sitter
from aifirst_codebase.positions import LineIndex

from aifirst_memory.dependencies.python import forms
from aifirst_memory.dependencies.python.forms import Block, Form, LoweredUnit

Node = tree_sitter.Node
MAX_DEPTH: Final = 60
"""Levels of expressions and blocks inside each other: more than people write."""
_FIELDS: Final = (
    "object", "attribute", "function", "arguments", "name", "value", "key", "left", "right", "body", "parameters",
    "operator", "argument", "type", "alternative", "condition", "consequence", "alias", "return_type",
    "type_parameters", "definition", "module_name", "guard", "cause",
)  # fmt: skip
_QUOTES: Final = "\"'"


class Lowering:
    """Lowers one file. `row` is that of the statement around, 0-based; `units` grows by every definition met, and
    `inside` is the index of the one being filled.
    """

    unit_names: dict[tuple[int, str], list[str]]
    """By line and plain name of a definition: the names of the units there that are still to be met."""

    def __init__(self, data: bytes, kinds: KindTable, parse: Callable[[bytes], tree_sitter.Tree]) -> None:
        self.data = data
        self.is_ascii = data.isascii()
        # A slice of text is had for less than one of bytes and its decoding; of other texts each slice is encoded again.
        self.letters = data.decode("latin-1")
        self.kinds = kinds
        self.handlers = kinds.expressions
        self.parse = parse
        self.row = 0
        self.at_row = 0
        self.spans_lines = False
        self.left_out = 0
        """The line of the first thing that was left out because it lies too deep; 0 where nothing was."""
        self.units: list[LoweredUnit] = []
        self.inside = 0
        self.yielding: set[int] = set()
        """The units that yield, or that bind a name inside an expression."""
        self.lines: LineIndex | None = None
        """Given where lines end otherwise than the grammar has it."""

    def line_of(self, node: Node) -> int:
        """The line that a node begins on, 1-based, as everywhere else."""
        return (node.start_point.row if self.lines is None else self.lines.line_of(node.start_byte)) + 1

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> str:
        """The text of some bytes."""
        text = self.letters[start:end]
        if self.is_ascii or text.isascii():
            return text
        return text.encode("latin-1").decode("utf-8", "replace")

    def field(self, node: Node, name: str) -> Node | None:
        """A child by the name of its field; where all children are there, taking them by position costs less."""
        return node.child_by_field_id(self.kinds.fields[name])

    def lower(self, node: Node | None, depth: int) -> Form:
        """The form of an expression."""
        if node is None:
            return None
        handler = self.handlers.get(node.kind_id)
        if handler is None:
            return None
        if depth > MAX_DEPTH:
            self.leave_out(node)
            return None
        if self.spans_lines:
            row = node.start_point.row
            if row != self.at_row:
                outer, self.at_row = self.at_row, row
                form = handler(self, node, depth + 1)
                self.at_row = outer
                return None if form is None else [forms.AT_LINE, row - self.row, form]
        return handler(self, node, depth + 1)

    def lower_all(self, nodes: Iterable[Node], depth: int) -> list[Form]:
        """The forms of expressions, as many as there are nodes."""
        found: list[Form] = []
        for node in nodes:
            form = self.lower(node, depth)
            if form is not None or not node.is_extra:
                found.append(form)
        return found

    def many(self, nodes: Iterable[Node], depth: int) -> Form:
        """Expressions whose values do not matter: one form for all that have one."""
        found = [form for form in (self.lower(node, depth) for node in nodes) if form is not None]
        return [forms.MANY, found] if found else None

    def leave_out(self, node: Node) -> None:
        """Note that something lies too deep to be looked at."""
        self.left_out = self.left_out or node.start_point.row + 1

    def begin(self, node: Node) -> int:
        """Make the statement's row the one that lines are counted from; its line, 1-based."""
        start = node.start_point.row
        self.row = self.at_row = start
        self.spans_lines = True
        return start + 1

    def block(self, node: Node | None, depth: int) -> Block:
        """The statements of a block."""
        found: Block = []
        if node is None:
            return found
        if depth > MAX_DEPTH:
            self.leave_out(node)
            return found
        handlers = self.kinds.statements
        for child in node.named_children:
            handler = handlers.get(child.kind_id)
            if handler is None:
                continue
            start = child.start_point.row
            self.row = self.at_row = start
            self.spans_lines = child.end_point.row != start
            statement = handler(self, child, depth + 1)
            if statement:
                if isinstance(statement[0], list):
                    found.extend(statement)
                else:
                    found.append(statement)
        return found

    def plain_text(self, node: Node) -> str | None:
        """The content of a string without interpolation or escapes; None where it has any."""
        if node.kind_id != self.kinds.string:
            return None
        text = self.text(node)
        quote = text[:1]
        if quote in _QUOTES and "\\" not in text and len(text) > 1 and text[-1] == quote:
            if text[:3] != quote * 3:
                return text[1:-1]
            if len(text) > 5 and text[-3:] == quote * 3:
                return text[3:-3]
        return self._content(node)

    def _content(self, node: Node) -> str | None:
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


Handler = Callable[[Lowering, Node, int], Form]
StatementHandler = Callable[[Lowering, Node, int], list[Any] | None]


class KindTable:
    """The numbers of a grammar's kinds of nodes and fields, and the handlers by them."""

    def __init__(
        self,
        language: tree_sitter.Language,
        expressions: Mapping[str, Handler],
        annotations: Mapping[str, Handler],
        statements: Mapping[str, StatementHandler],
    ) -> None:
        def number(name: str) -> int:
            return language.id_for_node_kind(name, True) or 0

        self.expressions = {number(name): handler for name, handler in expressions.items()}
        self.annotations = {number(name): handler for name, handler in annotations.items()}
        self.statements = {number(name): handler for name, handler in statements.items()}
        self.fields = {name: language.field_id_for_name(name) or 0 for name in _FIELDS}
        self.identifier = number("identifier")
        self.string = number("string")
        self.integer = number("integer")
        self.keyword_argument = number("keyword_argument")
        self.dictionary_splat = number("dictionary_splat")
        self.generator = number("generator_expression")
        self.pair = number("pair")
        self.type = number("type")
        self.assignment = number("assignment")
        self.augmented = number("augmented_assignment")
        self.class_definition = number("class_definition")
        self.elif_clause = number("elif_clause")
        self.block = number("block")
        self.links = (number("attribute"), number("call"), number("subscript"))
        self.extras = frozenset({number("comment"), number("line_continuation")})


def first_named(node: Node) -> Node | None:
    """The first child that is neither punctuation nor a comment."""
    for child in node.named_children:
        if not child.is_extra:
            return child
    return None


def named(node: Node) -> Sequence[Node]:
    """The children that are neither punctuation nor comments."""
    return [child for child in node.named_children if not child.is_extra]

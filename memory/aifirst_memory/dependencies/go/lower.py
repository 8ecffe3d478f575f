"""Lowers a Go file in one walk of its tree: the walk itself, and functions.

What a node is lowered to follows from its type; one of no meaning here becomes the parts that have one. Broken
code lowers like any other: its tree has the same nodes, some of them missing. The rules are
`lower_expressions.py` and `lower_statements.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Constant,
    Define,
    Form,
    Function,
    Mention,
    Param,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.go.local_flows import LocalFlows
from aifirst_memory.dependencies.go.lower_types import (
    TYPE_NODES,
    line_of,
    lower_params,
    lower_type,
)

DEEPEST = 80
"""Levels of code below which nothing is followed: more than people write, and a bound on recursion."""
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})
_LITERALS = {
    "interpreted_string_literal": "string", "raw_string_literal": "string", "int_literal": "int",
    "float_literal": "float64", "rune_literal": "rune", "true": "bool", "false": "bool", "iota": "int",
    "imaginary_literal": "complex128",
}  # fmt: skip
_CONSTANTS = {kind: Constant(TypeRef(name)) for kind, name in _LITERALS.items()}
NIL = Constant(UNKNOWN)
_SKIPPED = frozenset(
    {"comment", "nil", "field_identifier", "label_name", "package_clause", "import_declaration"}
)
EMPTY = Several(())


Rule = Callable[["Lowering", tree_sitter.Node], Form]
"""How nodes of a type are lowered."""


class Lowering:
    """The lowering of one file. `types` gathers every type that it defines, with what it stands for."""

    def __init__(self, reading: Reading, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self.reading = reading
        self.unit = ""
        self.depth = 0
        self.types: list[tuple[Define, TypeRef, bool]] = []
        self.function_types: set[str] = set()
        self.nested: list[Function] = []
        self.flows = LocalFlows()

    def lower(self, node: tree_sitter.Node) -> Form:
        """A node as a form."""
        kind = node.type
        constant = _CONSTANTS.get(kind)
        if constant is not None:
            return constant
        if kind in _SKIPPED or self.depth >= DEEPEST:
            return NIL
        if kind in TYPE_NODES:
            return Mention(lower_type(node), line_of(node))
        rule = self._rules.get(kind)
        self.depth += 1
        form = rule(self, node) if rule is not None else self.parts(node)
        self.depth -= 1
        return form

    def all(self, nodes: Iterable[tree_sitter.Node]) -> tuple[Form, ...]:
        """Nodes as forms, without those that say nothing."""
        forms = [self.lower(node) for node in nodes]
        return tuple(form for form in forms if form is not EMPTY and form is not NIL)

    def parts(self, node: tree_sitter.Node) -> Form:
        items = self.all(node.named_children)
        return Several(items) if items else EMPTY

    def listed(self, node: tree_sitter.Node | None) -> tuple[Form, ...]:
        """The expressions of a list, each at its place."""
        if node is None:
            return ()
        if node.type != "expression_list":
            return (self.lower(node),)
        return tuple(self.lower(part) for part in node.named_children if part.type != "comment")

    def function(self, node: tree_sitter.Node) -> Function:
        """A function or method declared at the top of the file."""
        name = node.child_by_field_name("name")
        unit = self.reading.units[self.reading.unit_at(node.start_byte if name is None else name.start_byte)]
        return self.body_of(node, unit.name)

    def body_of(self, node: tree_sitter.Node, unit: str) -> Function:
        around = self.unit
        self.unit = unit or around
        body = node.child_by_field_name("body")
        receivers = lower_params(node.child_by_field_name("receiver"))
        receiver: Param | None = receivers[0] if receivers else None
        params = lower_params(node.child_by_field_name("parameters"))
        results = lower_params(node.child_by_field_name("result"))
        called = receiver is not None and receiver.type.name in self.function_types
        self.flows.enter(unit, receiver, params, results, called)
        form = Function(
            unit,
            params,
            results,
            self.all(body.named_children) if body is not None else (),
            lower_params(node.child_by_field_name("type_parameters")),
            receiver,
            receiver.type.name if receiver is not None else "",
        )
        self.flows.leave()
        self.unit = around
        return form

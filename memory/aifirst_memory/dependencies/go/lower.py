"""Lowers a Go file's statements and expressions in one walk of its tree.

What a node is lowered to follows from its type; one of no meaning here becomes the parts that have one. Broken
code lowers like any other: its tree has the same nodes, some of them missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Assign,
    Bind,
    Block,
    Call,
    Constant,
    Convert,
    Define,
    Form,
    Function,
    Index,
    Make,
    Member,
    Mention,
    Name,
    Param,
    Return,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.go.local_flows import LocalFlows
from aifirst_memory.dependencies.go.lower_types import (
    TYPE_NODES,
    line_of,
    lower_params,
    lower_type,
    struct_fields,
    text_of,
)

_DEEPEST = 80
"""Levels of code below which nothing is followed: more than people write, and a bound on recursion."""
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})
_LITERALS = {
    "interpreted_string_literal": "string", "raw_string_literal": "string", "int_literal": "int",
    "float_literal": "float64", "rune_literal": "rune", "true": "bool", "false": "bool", "imaginary_literal": "complex128",
    "iota": "int",
}  # fmt: skip
_CONSTANTS = {kind: Constant(TypeRef(name)) for kind, name in _LITERALS.items()}
_NIL = Constant(UNKNOWN)
_SKIPPED = frozenset(
    {"comment", "nil", "field_identifier", "label_name", "package_clause", "import_declaration"}
)
_EMPTY = Several(())


class Lowering:
    """The lowering of one file. `types` gathers every type that it defines, with what it stands for."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._unit = ""
        self._depth = 0
        self.types: list[tuple[Define, TypeRef, bool]] = []
        self.nested: list[Function] = []
        self.flows = LocalFlows()

    def lower(self, node: tree_sitter.Node) -> Form:
        """A node as a form."""
        kind = node.type
        constant = _CONSTANTS.get(kind)
        if constant is not None:
            return constant
        if kind in _SKIPPED or self._depth >= _DEEPEST:
            return _NIL
        if kind in TYPE_NODES:
            return Mention(lower_type(node), line_of(node))
        rule = _RULES.get(kind)
        self._depth += 1
        form = rule(self, node) if rule is not None else self._parts(node)
        self._depth -= 1
        return form

    def all(self, nodes: Iterable[tree_sitter.Node]) -> tuple[Form, ...]:
        """Nodes as forms, without those that say nothing."""
        forms = [self.lower(node) for node in nodes]
        return tuple(form for form in forms if form is not _EMPTY and form is not _NIL)

    def _parts(self, node: tree_sitter.Node) -> Form:
        items = self.all(node.named_children)
        return Several(items) if items else _EMPTY

    def _list(self, node: tree_sitter.Node | None) -> tuple[Form, ...]:
        """The expressions of a list, each at its place."""
        if node is None:
            return ()
        if node.type != "expression_list":
            return (self.lower(node),)
        return tuple(self.lower(part) for part in node.named_children if part.type != "comment")

    def _name(self, node: tree_sitter.Node) -> Form:
        return Name(text_of(node), line_of(node))

    def _inside(self, node: tree_sitter.Node) -> Form:
        return next((self.lower(part) for part in node.named_children if part.type != "comment"), _EMPTY)

    def _unary(self, node: tree_sitter.Node) -> Form:
        operand = node.child_by_field_name("operand")
        if operand is None:
            return _EMPTY
        sign = node.children[0].type
        if sign == "<-":
            return Index(self.lower(operand), (), line_of(node))
        return self.lower(operand) if sign in ("&", "*") else Several((self.lower(operand),))

    def _binary(self, node: tree_sitter.Node) -> Form:
        items: list[Form] = []
        at: tree_sitter.Node | None = node
        operators: set[str] = set()
        # A sum of thousands of parts leans to the left: it is walked, not descended.
        while at is not None and at.type == "binary_expression":
            right, operator = at.child_by_field_name("right"), at.child_by_field_name("operator")
            if right is not None:
                items.append(self.lower(right))
            operators.add(operator.type if operator is not None else "")
            at = at.child_by_field_name("left")
        if at is not None:
            items.append(self.lower(at))
        kept = tuple(form for form in reversed(items) if not isinstance(form, Constant))
        return Several(kept, TypeRef("bool") if operators & _COMPARISONS else UNKNOWN)

    def _selector(self, node: tree_sitter.Node) -> Form:
        names: list[tree_sitter.Node] = []
        at: tree_sitter.Node | None = node
        while at is not None and at.type == "selector_expression":
            field = at.child_by_field_name("field")
            if field is not None:
                names.append(field)
            at = at.child_by_field_name("operand")
        form = self.lower(at) if at is not None else _EMPTY
        for name in reversed(names):
            form = Member(form, text_of(name), line_of(name))
        return form

    def _call(self, node: tree_sitter.Node) -> Form:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None:
            return self._parts(node)
        types = node.child_by_field_name("type_arguments")
        given = tuple(lower_type(part) for part in types.named_children) if types is not None else ()
        called = self.lower(function)
        parts = arguments.named_children if arguments is not None else []
        args = tuple(self.lower(part) for part in parts if part.type != "comment")
        line = called.line if isinstance(called, Name | Member) else line_of(node)
        self.flows.called(called, args)
        return Call(called, args, line, given)

    def _conversion(self, node: tree_sitter.Node) -> Form:
        written, operand = node.child_by_field_name("type"), node.child_by_field_name("operand")
        type_, line = lower_type(written), line_of(node)
        value = self.lower(operand) if operand is not None else _EMPTY
        if written is None or written.type != "generic_type":
            return Convert(type_, value, line)
        # `f[int](x)` calls a function or converts to a type: its name will say.
        first, _, last = type_.name.rpartition(".")
        called = Member(Name(first, line), last, line) if first else Name(last, line)
        return Call(called, (value,), line, type_.args)

    def _assertion(self, node: tree_sitter.Node) -> Form:
        operand = node.child_by_field_name("operand")
        value = self.lower(operand) if operand is not None else _EMPTY
        return Convert(lower_type(node.child_by_field_name("type")), value, line_of(node))

    def _index(self, node: tree_sitter.Node) -> Form:
        operand = node.child_by_field_name("operand")
        keys = self.all(part for part in node.named_children if part != operand)
        of = self.lower(operand) if operand is not None else _EMPTY
        return Index(of, keys, line_of(node))

    def _slice(self, node: tree_sitter.Node) -> Form:
        """A part of a list is a list like it: `a[i:j]` is written as `append(a, …)` is understood."""
        operand = node.child_by_field_name("operand")
        rest = self.all(part for part in node.named_children if part != operand)
        of = self.lower(operand) if operand is not None else _EMPTY
        return Call(Name("append", 0), (of, *rest), 0)

    def _composite(self, node: tree_sitter.Node) -> Form:
        type_, body = lower_type(node.child_by_field_name("type")), node.child_by_field_name("body")
        return self._made(type_, body, line_of(node))

    def _made(self, type_: TypeRef, body: tree_sitter.Node | None, line: int) -> Form:
        items: list[Form] = []
        keys: list[Form | None] = []
        for part in body.named_children if body is not None else ():
            if part.type == "keyed_element":
                key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
                if key is None:
                    key, value = part.named_children[0], part.named_children[-1]
                keys.append(self._element(key))
                items.append(self._element(value))
            elif part.type in ("literal_element", "literal_value"):
                keys.append(None)
                items.append(self._element(part))
        for key, item in zip(keys, items, strict=True):
            if isinstance(key, Name):
                self.flows.stored(type_, key.name, item)
        return Make(type_, tuple(items), tuple(keys), line)

    def _element(self, node: tree_sitter.Node | None) -> Form:
        if node is None:
            return _NIL
        if node.type == "literal_element" and node.named_children:
            node = node.named_children[0]
        if node.type != "literal_value":
            return self.lower(node)
        if self._depth >= _DEEPEST:
            return _NIL
        self._depth += 1
        form = self._made(UNKNOWN, node, line_of(node))
        self._depth -= 1
        return form

    def _literal(self, node: tree_sitter.Node) -> Form:
        at = self._reading.unit_at(node.start_byte)
        unit = self._reading.units[at]
        named = unit.name if unit.kind == "function" and unit.name != self._unit else ""
        form = self._function(node, named)
        if named:
            self.nested.append(form)
        return form

    def function(self, node: tree_sitter.Node) -> Function:
        """A function or method declared at the top of the file."""
        name = node.child_by_field_name("name")
        unit = self._reading.units[
            self._reading.unit_at(node.start_byte if name is None else name.start_byte)
        ]
        return self._function(node, unit.name)

    def _function(self, node: tree_sitter.Node, unit: str) -> Function:
        around = self._unit
        self._unit = unit or around
        body = node.child_by_field_name("body")
        receivers = lower_params(node.child_by_field_name("receiver"))
        receiver: Param | None = receivers[0] if receivers else None
        params = lower_params(node.child_by_field_name("parameters"))
        results = lower_params(node.child_by_field_name("result"))
        self.flows.enter(unit, receiver, params, results)
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
        self._unit = around
        return form

    def returned(self, node: tree_sitter.Node) -> Form:
        """What a function gives back."""
        values = next(
            (self._list(part) for part in node.named_children if part.type == "expression_list"), ()
        )
        self.flows.returned(values)
        return Return(values)

    def _block(self, node: tree_sitter.Node) -> Form:
        return Block(self.all(node.named_children))

    def _if(self, node: tree_sitter.Node) -> Form:
        forms: list[Form] = []
        at: tree_sitter.Node | None = node
        while at is not None and at.type == "if_statement":
            after = at.child_by_field_name("alternative")
            forms += self.all(part for part in at.named_children if part != after)
            at = after
        if at is not None:
            forms.append(self.lower(at))
        return Block(tuple(forms))

    def _short(self, node: tree_sitter.Node) -> Form:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        each = node.type == "range_clause"
        values = self._list(right)
        if left is None:
            return Several(values)
        names = [part for part in left.named_children if part.type != "comment"]
        if all(name.type == "identifier" for name in names) and not (
            node.type in ("assignment_statement", "receive_statement") and b":=" not in (node.text or b"")
        ):
            return self._bind(tuple(map(text_of, names)), UNKNOWN, values, line_of(node), each)
        if each:
            return Several((*self._list(left), *values))
        return Assign(self._list(left), values, line_of(node))

    def _bind(
        self, names: tuple[str, ...], type_: TypeRef, values: tuple[Form, ...], line: int, each: bool = False
    ) -> Bind:
        self.flows.bound(names, type_, values, each)
        return Bind(names, type_, values, line, each)

    def _assignment(self, node: tree_sitter.Node) -> Form:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets, values = self._list(left), self._list(right)
        if len(targets) == len(values):
            for target, value in zip(targets, values, strict=True):
                if isinstance(target, Member):
                    self.flows.stored(self.flows.type_of(target.of), target.name, value)
        return Assign(targets, values, line_of(node))

    def _specs(self, node: tree_sitter.Node) -> Form:
        """The variables or constants of a declaration; one without type and value repeats the one above it."""
        found: list[Form] = []
        type_, values = UNKNOWN, ()
        for spec in _specs_of(node):
            names = tuple(
                text_of(name) for name in spec.children_by_field_name("name") if name.type == "identifier"
            )
            written, value = spec.child_by_field_name("type"), spec.child_by_field_name("value")
            if spec.type == "var_spec" or written is not None or value is not None:
                type_, values = lower_type(written), self._list(value)
            found.append(self._bind(names, type_, values, line_of(spec)))
        return found[0] if len(found) == 1 else Several(tuple(found))

    def _types(self, node: tree_sitter.Node) -> Form:
        found = [self._type(spec) for spec in node.named_children if spec.type in ("type_spec", "type_alias")]
        return found[0] if len(found) == 1 else Several(tuple(found))

    def _type(self, spec: tree_sitter.Node) -> Form:
        name, written = spec.child_by_field_name("name"), spec.child_by_field_name("type")
        if name is None or written is None:
            return _EMPTY
        text = text_of(name)
        unit = ""
        if written.type in ("struct_type", "interface_type") and spec.type == "type_spec":
            unit = self._reading.units[self._reading.unit_at(name.start_byte)].name
        entry = unit or (f"{self._unit}.{text}" if self._unit else text)
        params = lower_params(spec.child_by_field_name("type_parameters"))
        bases, body = _type_parts(written)
        form = Define(text, entry, unit, params, bases, body)
        self.types.append((form, lower_type(written), spec.type == "type_alias"))
        return form

    def _type_switch(self, node: tree_sitter.Node) -> Form:
        alias, value = node.child_by_field_name("alias"), node.child_by_field_name("value")
        names = tuple(text_of(name) for name in alias.named_children) if alias is not None else ()
        matched = self.lower(value) if value is not None else _EMPTY
        forms: list[Form] = []
        for part in node.named_children:
            if part in (alias, value):
                continue
            forms.append(
                self._type_case(part, names, matched) if part.type in _TYPE_CASES else self.lower(part)
            )
        return Block((Bind(names, UNKNOWN, (matched,), line_of(node)) if names else matched, *forms))

    def _type_case(self, node: tree_sitter.Node, names: tuple[str, ...], matched: Form) -> Form:
        written = node.children_by_field_name("type")
        rest = self.all(part for part in node.named_children if part not in written)
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
            for param in (
                *lower_params(part.child_by_field_name("parameters")),
                *lower_params(part.child_by_field_name("result")),
            ):
                other.append(Mention(param.type, param.line))
    return tuple(embedded), tuple(other)


_TYPE_CASES = frozenset({"type_case", "default_case"})
_RULES: dict[str, Callable[[Lowering, tree_sitter.Node], Form]] = {
    "identifier": Lowering._name,
    "parenthesized_expression": Lowering._inside,
    "expression_statement": Lowering._inside,
    "go_statement": Lowering._inside,
    "defer_statement": Lowering._inside,
    "unary_expression": Lowering._unary,
    "binary_expression": Lowering._binary,
    "selector_expression": Lowering._selector,
    "call_expression": Lowering._call,
    "type_conversion_expression": Lowering._conversion,
    "type_assertion_expression": Lowering._assertion,
    "index_expression": Lowering._index,
    "type_instantiation_expression": Lowering._index,
    "slice_expression": Lowering._slice,
    "composite_literal": Lowering._composite,
    "func_literal": Lowering._literal,
    "block": Lowering._block,
    "for_statement": Lowering._block,
    "expression_switch_statement": Lowering._block,
    "select_statement": Lowering._block,
    "expression_case": Lowering._block,
    "default_case": Lowering._block,
    "communication_case": Lowering._block,
    "if_statement": Lowering._if,
    "short_var_declaration": Lowering._short,
    "range_clause": Lowering._short,
    "receive_statement": Lowering._short,
    "assignment_statement": Lowering._assignment,
    "var_declaration": Lowering._specs,
    "const_declaration": Lowering._specs,
    "type_declaration": Lowering._types,
    "type_switch_statement": Lowering._type_switch,
    "return_statement": Lowering.returned,
    "function_declaration": Lowering.function,
    "method_declaration": Lowering.function,
}

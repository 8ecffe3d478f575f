"""Lowers a Java file in one walk of its tree: the walk itself, declarations of variables, annotations.

What a node is lowered to follows from its type; one of no meaning here becomes the parts that have one. Classes and
their members are `lower_classes.py`, the rules `lower_expressions.py` and `lower_statements.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Bind,
    Constant,
    Decorate,
    Define,
    Form,
    Mention,
    Param,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.java.lower_types import (
    TYPE_NODES,
    declared_type,
    line_of,
    lower_params,
    lower_type,
    text_of,
)

DEEPEST = 70
"""Levels of code below which nothing is followed: more than people write, and a bound on recursion."""
_LITERALS = {
    "string_literal": "String", "character_literal": "char", "true": "boolean", "false": "boolean",
    "decimal_integer_literal": "int", "hex_integer_literal": "int", "octal_integer_literal": "int",
    "binary_integer_literal": "int", "decimal_floating_point_literal": "double", "hex_floating_point_literal": "double",
    "null_literal": "null",
}  # fmt: skip
_CONSTANTS = {kind: Constant(TypeRef(name)) for kind, name in _LITERALS.items()}
_SUFFIXES = {"l": "long", "f": "float", "d": "double"}
NIL = Constant(UNKNOWN)
SKIPPED = frozenset(
    {"line_comment", "block_comment", "package_declaration", "import_declaration", "modifiers"}
)
EMPTY = Several(())
SUBJECT = "switch"
"""The name that the subject of a switch goes by in its labels."""


Rule = Callable[["Lowering", tree_sitter.Node], Form]
"""How nodes of a type are lowered."""


class Lowering:
    """The lowering of expressions and statements. `_define` is what classes are lowered with."""

    def __init__(self, reading: Reading, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self.reading = reading
        self.unit = ""
        self.depth = 0

    def lower(self, node: tree_sitter.Node) -> Form:
        """A node as a form."""
        kind = node.type
        if kind in _CONSTANTS:
            return self._constant(node, kind)
        if kind in SKIPPED or self.depth >= DEEPEST:
            return NIL
        if kind in TYPE_NODES:
            return Mention(lower_type(node), line_of(node))
        rule = self._rules.get(kind)
        self.depth += 1
        if rule is not None:
            form = rule(self, node)
        elif kind in CLASS_NODES:
            form = self.define(node)
        else:
            form = self.parts(node)
        self.depth -= 1
        return form

    def all(self, nodes: Iterable[tree_sitter.Node]) -> tuple[Form, ...]:
        """Nodes as forms, without those that say nothing."""
        forms = [self.lower(node) for node in nodes]
        return tuple(form for form in forms if form is not EMPTY and form is not NIL)

    def maybe(self, node: tree_sitter.Node | None) -> Form:
        """A node as a form; one that says nothing where there is none."""
        return self.lower(node) if node is not None else EMPTY

    def define(self, node: tree_sitter.Node) -> Form:
        """A class where it stands."""
        raise NotImplementedError

    def anonymous(self, node: tree_sitter.Node, type_: TypeRef, body: tree_sitter.Node) -> Define:
        """The body of a nameless class."""
        raise NotImplementedError

    def called(self, function: Form, args: tuple[Form, ...]) -> None:
        """A call was met."""

    def returned(self, value: Form) -> None:
        """A value is given back."""

    def _constant(self, node: tree_sitter.Node, kind: str) -> Form:
        if kind.endswith(("integer_literal", "point_literal")) and not kind.startswith("hex_integer"):
            suffix = _SUFFIXES.get(text_of(node)[-1:].lower())
            if suffix is not None:
                return Constant(TypeRef(suffix))
        elif kind == "hex_integer_literal" and text_of(node)[-1:] in "lL":
            return Constant(TypeRef("long"))
        return _CONSTANTS[kind]

    def parts(self, node: tree_sitter.Node) -> Form:
        items = self.all(node.named_children)
        return items[0] if len(items) == 1 else Several(items) if items else EMPTY

    def args(self, node: tree_sitter.Node | None) -> tuple[Form, ...]:
        """The arguments of a call, each at its place."""
        if node is None:
            return ()
        return tuple(self.lower(part) for part in node.named_children if part.type not in SKIPPED)

    def locals(self, node: tree_sitter.Node) -> Form:
        """The variables of a declaration."""
        found: list[Form] = list(self.annotations(node, whole=False))
        for declarator in node.children_by_field_name("declarator"):
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            values = (self.lower(value),) if value is not None else ()
            found.append(Bind((text_of(name),), declared_type(node, declarator), values, line_of(declarator)))
        return found[0] if len(found) == 1 else Several(tuple(found))

    def annotations(self, node: tree_sitter.Node, *, whole: bool) -> list[Form]:
        """The annotations of a declaration."""
        found: list[Form] = []
        for modifiers in node.named_children:
            if modifiers.type != "modifiers":
                continue
            parts = [
                part for part in modifiers.named_children if part.type in ("marker_annotation", "annotation")
            ]
            found += [self._annotation(part, whole) for part in parts]
        return found

    def _annotation(self, node: tree_sitter.Node, whole: bool) -> Form:
        items: list[Form] = []
        arguments = node.child_by_field_name("arguments")
        for part in arguments.named_children if arguments is not None else ():
            value = part.child_by_field_name("value") if part.type == "element_value_pair" else part
            items.append(self.maybe(value))
        return Decorate(lower_type(node.child_by_field_name("name")), tuple(items), line_of(node), whole)

    def inner_annotation(self, node: tree_sitter.Node) -> Form:
        return self._annotation(node, False)


def params_of(node: tree_sitter.Node) -> tuple[Param, ...]:
    """The parameters of a declaration."""
    return lower_params(node.child_by_field_name("parameters"))


CLASS_NODES = frozenset({
    "class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration",
})  # fmt: skip

"""Finds what a module of TypeScript or JavaScript does by being imported, beyond defining names.

As with Python: importing a unit defines it and makes values, and calls nothing else. That keeps files easy to look at;
what code could do against somebody is kept in by the sandbox alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.code_tree import CodeTree
from aifirst_orchestrator.generate.script.script_tree import CALLABLE, definitions, imports

if TYPE_CHECKING:
    import tree_sitter

_VALUES = frozenset(
    (  # noqa: SIM905  words in quotes, one by one, are harder to read
        "Object Array Map Set WeakMap WeakSet RegExp Symbol BigInt Number String Boolean Date Math Intl JSON URL "
        "TextEncoder TextDecoder structuredClone Error TypeError RangeError Uint8Array Int8Array Uint16Array "
        "Int16Array Uint32Array Int32Array Float32Array Float64Array ArrayBuffer DataView"
    ).split()
)
"""What is always there and makes values."""
_TOUCHING = frozenset(
    (
        "assign",
        "defineProperty",
        "defineProperties",
        "setPrototypeOf",
        "call",
        "apply",
        "bind",
        "constructor",
        "__defineGetter__",
        "__defineSetter__",
    )
)
"""What these have that changes something else."""
_DEFINES = frozenset(
    (
        "comment", "import_statement", "empty_statement", "interface_declaration", "type_alias_declaration",
        "ambient_declaration", "function_declaration", "generator_function_declaration", "function_signature",
    )
)  # fmt: skip
_LITERALS = frozenset(("array", "string", "template_string", "number", "regex", "object", "true", "false"))
_RUNS = frozenset(("call_expression", "new_expression"))
_CHANGES = frozenset(
    ("assignment_expression", "augmented_assignment_expression", "update_expression", "await_expression",
     "yield_expression")
)  # fmt: skip


def script_effects(tree: CodeTree, known: Sequence[str]) -> Iterator[Flaw]:
    """What runs at import; `known` are units that may be called."""
    bound = {one.name for one in definitions(tree)} | {one.local for one in imports(tree)}
    names = {*_VALUES.difference(bound), *known}
    for statement in tree.root.named_children:
        node = statement
        if statement.type == "export_statement":
            node = statement.child_by_field_name("declaration")
            if node is None:
                continue  # told as an export that no ticket asks for
        yield from _of_statement(tree, node, names)


def _of_statement(tree: CodeTree, node: tree_sitter.Node, names: set[str]) -> Iterator[Flaw]:
    if node.type in _DEFINES:
        return
    if node.type in ("lexical_declaration", "variable_declaration"):
        for one in node.named_children:
            # What is taken apart may have values for what is missing, and names that are worked out.
            for part in (one.child_by_field_name("name"), one.child_by_field_name("value")):
                if part is not None:
                    yield from _of_value(tree, part, names)
    elif node.type in ("class_declaration", "abstract_class_declaration"):
        yield from _of_class(tree, node, names)
    elif node.type == "expression_statement" and node.named_children[0].type == "string":
        return
    else:
        hint = "put it into the unit, or leave it out"
        yield Flaw("unit", "this runs when the file is imported", hint, tree.first_line(node))


def _of_class(tree: CodeTree, node: tree_sitter.Node, names: set[str]) -> Iterator[Flaw]:
    """What a class works out when it is defined: its base, computed names, static fields and blocks."""
    body = node.child_by_field_name("body")
    for part in node.children:
        if part.type in ("class_heritage", "decorator"):
            yield from _of_value(tree, part, names)
    for member in body.named_children if body is not None else ():
        if member.type == "class_static_block":
            hint = "put it into a method, or leave it out"
            yield Flaw("unit", "this runs when the file is imported", hint, tree.first_line(member))
            continue
        key = member.child_by_field_name("name") or member.child_by_field_name("property")
        if key is not None and key.type == "computed_property_name":
            yield from _of_value(tree, key, names)
        value = member.child_by_field_name("value")
        if value is not None and any(child.type == "static" for child in member.children):
            yield from _of_value(tree, value, names)


def _of_value(tree: CodeTree, value: tree_sitter.Node, names: set[str]) -> Iterator[Flaw]:
    """Calls and changes in a value; a function is not run yet, but one that is handed to a call is."""
    stack = [value]
    while stack:
        node = stack.pop()
        if node.type in CALLABLE and (node.parent is None or node.parent.type != "arguments"):
            continue
        if node.type in ("class", "method_definition"):
            hint = "define it at the top, or in the unit"
            if node.type == "class":
                yield Flaw("unit", "a class stands in a value", hint, tree.first_line(node))
            continue
        if node.type in _CHANGES or (
            node.type == "unary_expression" and tree.field(node, "operator") == "delete"
        ):
            hint = "put it into the unit, or leave it out"
            yield Flaw("unit", "this runs when the file is imported", hint, tree.first_line(node))
        elif node.type in _RUNS and not _makes_a_value(tree, node, names):
            called = tree.field(node, "function") or tree.field(node, "constructor")
            hint = "call it in the unit, or write the value down"
            message = f"{' '.join(called.split())[:60]} is called when the file is imported"
            yield Flaw("unit", message, hint, tree.first_line(node))
        stack.extend(reversed(node.named_children))


def _makes_a_value(tree: CodeTree, call: tree_sitter.Node, names: set[str]) -> bool:
    """Whether what is called is a name that makes values, or a method of a literal or of such a value."""
    node = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    while node is not None:
        if node.type == "member_expression":
            if tree.field(node, "property") in _TOUCHING:
                return False
            node = node.child_by_field_name("object")
        elif node.type in _RUNS:
            node = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        elif node.type in ("parenthesized_expression", "as_expression", "non_null_expression"):
            node = node.named_children[0]
        else:
            return node.type in _LITERALS or (node.type == "identifier" and tree.text(node) in names)
    return False

"""Turns TypeScript into the JavaScript that it is without its types, every line where it was.

Only what can be left out is taken: types become spaces, so that messages of Node say the right place, and no tool but
Node is needed. What TypeScript would write code for (enum, namespace with values, parameter properties, decorators) is
told as such: the code has to do without it. Node's own type stripping asks the same (`erasableSyntaxOnly`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.code_tree import CodeTree, walk

if TYPE_CHECKING:
    import tree_sitter

_TYPES = frozenset(
    (
        "type_annotation", "type_arguments", "type_parameters", "type_predicate_annotation", "asserts_annotation",
        "implements_clause", "accessibility_modifier", "override_modifier", "abstract_method_signature",
        "index_signature", "interface_declaration", "type_alias_declaration", "ambient_declaration",
        "function_signature", "omitting_type_annotation", "opting_type_annotation", "adding_type_annotation",
    )
)  # fmt: skip
"""Nodes that are types and nothing else."""
_SIGNS = frozenset(("readonly", "abstract", "declare", "?", "!"))
"""Words and signs that are types where they stand beside a name."""
_NAMED = frozenset(
    ("public_field_definition", "required_parameter", "optional_parameter", "abstract_class_declaration",
     "variable_declarator", "method_definition")
)  # fmt: skip
_STATEMENTS = frozenset(
    ("interface_declaration", "type_alias_declaration", "ambient_declaration", "export_statement", "import_statement")
)  # fmt: skip
_WITH_CODE = {
    "enum_declaration": ("an enum", "an object with `as const`, or a union of strings"),
    "internal_module": ("a namespace", "an object or functions of the module"),
    "module": ("a namespace", "an object or functions of the module"),
    "import_require_clause": ("import … = require", "import … from"),
    "import_alias": ("import … =", "import … from"),
    "decorator": ("a decorator", "a call in the function"),
    "type_assertion": ("a type in front of a value", "`as`"),
    "export_assignment": ("export =", "export"),
}


def what_stays(tree: CodeTree) -> Iterator[Flaw]:
    """The syntax of TypeScript that cannot be left out."""
    for node in walk(tree.root):
        if node.type in _WITH_CODE and node.is_named:
            what, instead = _WITH_CODE[node.type]
            message = f"{what} is more than a type: Node does not run it"
            yield Flaw("syntax", message, f"use {instead}", tree.first_line(node))
        elif node.type == "required_parameter" and node.children[0].type in (
            "accessibility_modifier", "readonly", "override_modifier",
        ):  # fmt: skip
            message = "a parameter that is a property is more than a type: Node does not run it"
            hint = "declare the field and assign it in the constructor"
            yield Flaw("syntax", message, hint, tree.first_line(node))


def erase_types(tree: CodeTree) -> str:
    """The code without its types."""
    out = bytearray(tree.data)
    stack = [tree.root]
    while stack:
        node = stack.pop()
        spans = list(_spans(tree, node))
        for start, end in spans:
            _blank(out, start, end)
        whole = any(start <= node.start_byte and end >= node.end_byte for start, end in spans)
        if not whole:
            stack.extend(node.children)
        elif node.type in _STATEMENTS:
            out[node.start_byte : node.start_byte + 1] = b";"  # what stood before must not go on behind it
    return out.decode("utf-8", "replace")


def _spans(tree: CodeTree, node: tree_sitter.Node) -> Iterator[tuple[int, int]]:
    """What of a node is a type."""
    kind = node.type
    if kind in _NAMED:
        for child in node.children:
            if child.type in _SIGNS and not child.is_named:
                yield child.start_byte, child.end_byte
    if _is_type(node):
        yield node.start_byte, node.end_byte
    elif kind in ("as_expression", "satisfies_expression"):
        yield node.children[0].end_byte, node.end_byte
    elif kind == "non_null_expression":
        yield node.children[-1].start_byte, node.end_byte
    elif _is_listed_type(tree, node):
        following = node.next_sibling
        comma = following is not None and following.type == ","
        yield node.start_byte, following.end_byte if following is not None and comma else node.end_byte


def _is_type(node: tree_sitter.Node) -> bool:
    """Whether a node is a type and nothing else."""
    kind = node.type
    if kind == "method_signature":
        return node.parent is not None and node.parent.type == "class_body"
    if kind == "public_field_definition":
        return node.children[0].type == "declare"
    return kind in _TYPES or (kind in ("import_statement", "export_statement") and _is_of_types(node))


def _is_listed_type(tree: CodeTree, node: tree_sitter.Node) -> bool:
    """Whether a node goes with the comma behind it: a type among imports, `this` among parameters."""
    if node.type in ("import_specifier", "export_specifier"):
        return node.children[0].type == "type"
    return node.type == "required_parameter" and tree.field(node, "pattern") == "this"


def _is_of_types(node: tree_sitter.Node) -> bool:
    """Whether a statement imports or exports types alone."""
    if any(child.type == "type" for child in node.children[:2]):
        return True
    declared = node.child_by_field_name("declaration")
    return declared is not None and declared.type in _TYPES


def _blank(out: bytearray, start: int, end: int) -> None:
    """Make a span spaces, as many as it has bytes; lines stay where they are."""
    out[start:end] = bytes(byte if byte in b"\n\r" else 0x20 for byte in out[start:end])

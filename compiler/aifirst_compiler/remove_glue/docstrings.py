"""What becomes of the place where a Python docstring goes.

A body that is nothing but its docstring gets a `pass`. So does one whose next statement is a string, which would
become the docstring otherwise. Every other docstring goes with the semicolon behind it.

Limits: a module's docstring stays where a string follows it and names are imported from `__future__`, because
nothing but a docstring may stand above those imports.
"""

from __future__ import annotations

import re

import tree_sitter
from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading

from aifirst_compiler.edits import Edit

_PASS = b"pass"
_SEMICOLON = re.compile(rb"[ \t\f]*;[ \t\f]*")
_NEXT_LINE = re.compile(rb"[ \t\f\r]*(?:#[^\n]*)?\n(?:[ \t\f\r]*(?:#[^\n]*)?\n)*+([ \t\f]*)")
_BODIES = frozenset({"block", "module"})
_STRINGS = frozenset({"string", "concatenated_string", "parenthesized_expression"})
_MAY_OPEN_STRING = frozenset(b"\"'rRuU(\\")
_HASH = 35


def docstring_removal(reading: Reading, comment: Comment) -> Edit | None:
    """The edit of a docstring that goes; None where it has to stay."""
    data, start, end = reading.data, comment.start, comment.end
    if comment.own_line and _has_plain_sibling(data, start, end):
        return Edit(start, end)
    statement = _statement_at(reading.tree.root_node, start, end)
    following = statement.next_named_sibling
    while following is not None and following.type == "comment":
        following = following.next_named_sibling
    in_module = statement.parent is None or statement.parent.type == "module"
    if following is None and not in_module:
        return Edit(start, end, _PASS)
    if following is not None and _is_string(following):
        if in_module and b"__future__" in data:
            return None
        return Edit(start, end, _PASS)
    semicolon = _SEMICOLON.match(data, end)
    return Edit(start, semicolon.end() if semicolon else end)


def _has_plain_sibling(data: bytes, start: int, end: int) -> bool:
    """Whether the next line of code is of the same body and is no string; False where only the tree can tell."""
    line = data.rfind(b"\n", 0, start) + 1
    found = _NEXT_LINE.match(data, end)
    if found is None or line == start or found[1] != data[line:start]:
        return False
    at = found.end()
    return at < len(data) and data[at] != _HASH and data[at] not in _MAY_OPEN_STRING


def _statement_at(root: tree_sitter.Node, start: int, end: int) -> tree_sitter.Node:
    """The statement that a docstring is."""
    node = root.named_descendant_for_byte_range(start, end) or root
    parent = node.parent
    while parent is not None and node.type not in _BODIES and parent.type not in _BODIES:
        node, parent = parent, parent.parent
    if node.type in _BODIES and node.named_child_count:
        return next((child for child in node.named_children if child.start_byte >= start), node)
    return node


def _is_string(statement: tree_sitter.Node) -> bool:
    if statement.type != "expression_statement" or statement.named_child_count != 1:
        return False
    return statement.named_children[0].type in _STRINGS

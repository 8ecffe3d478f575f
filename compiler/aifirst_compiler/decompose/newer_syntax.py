"""Syntax of a later Python than the one that runs: what it is called, and which version has it first.

The running Python's own parser calls all of it invalid; the grammar knows it.
"""

from __future__ import annotations

import sys
from typing import Final

import tree_sitter

_KINDS: Final = {
    "type_alias_statement": ((3, 12), "a `type` statement"),
    "type_parameter": ((3, 12), "type parameters"),
}
_PARTS_OF_STRING: Final = 3
"""Children of a string that has a value between its quotes."""


def newer_syntax(tree: tree_sitter.Tree, running: tuple[int, int] = sys.version_info[:2]) -> str:
    """What in a Python file needs a later version than the running one, for a person; empty where nothing is known to."""
    stack = [tree.root_node]
    found: list[tuple[tuple[int, int], str, int]] = []
    while stack:
        node = stack.pop()
        version, what = _needed(node)
        if what and version > running:
            found.append((version, what, node.start_point.row + 1))
        stack += node.children
    if not found:
        return ""
    version = max(version for version, _, _ in found)
    first = min((one for one in found if one[0] == version), key=lambda one: one[2])
    needed, here = ".".join(map(str, version)), ".".join(map(str, running))
    return f"{first[1]} (line {first[2]}) needs Python {needed}, and this is {here}: run aifirst with {needed} or later"


def _needed(node: tree_sitter.Node) -> tuple[tuple[int, int], str]:
    """The version that first has a node's syntax, and what that is; no name where any has it."""
    if node.type == "string" and node.child_count >= _PARTS_OF_STRING:
        return _needed_by_string(node)
    if node.type == "except_clause" and len(node.children_by_field_name("value")) > 1:
        return (3, 14), "`except` with several types and no parentheses"
    return _KINDS.get(node.type, ((0, 0), ""))


def _needed_by_string(node: tree_sitter.Node) -> tuple[tuple[int, int], str]:
    start = node.children[0].text or b""
    if b"t" in start.lower():
        return (3, 14), "a template string"
    quotes = start.lstrip(b"fFrRbBuU")
    inner = [child.text or b"" for child in node.children if child.type == "interpolation"]
    is_triple = len(quotes) > 1
    if any(quotes in text or b"\\" in text or (not is_triple and b"\n" in text) for text in inner):
        return (3, 12), "an f-string with its own quotes, a backslash or a line break between its braces"
    return (0, 0), ""

"""The syntax tree of a piece of generated code, with what every language asks of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aifirst_codebase.languages.registry import language_named

from aifirst_orchestrator.generate.flaw import Flaw

if TYPE_CHECKING:
    import tree_sitter

_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class CodeTree:
    """Code and its tree; offsets of nodes are those of `data`."""

    data: bytes
    root: tree_sitter.Node

    def text(self, node: tree_sitter.Node) -> str:
        """What stands there."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def field(self, node: tree_sitter.Node, name: str) -> str:
        """What stands in a field of a node, "" where it has none."""
        inner = node.child_by_field_name(name)
        return self.text(inner) if inner is not None else ""

    def words(self, node: tree_sitter.Node | None) -> str:
        """The code of a node without comments and with one way of spacing, so that it can be compared."""
        if node is None:
            return ""
        leaves = (self.text(one).strip() for one in walk(node) if not one.children and one.type != "comment")
        return _plain(" ".join(filter(None, leaves)))

    def first_line(self, node: tree_sitter.Node) -> int:
        """The line on which a node begins, from 1."""
        return node.start_point[0] + 1


def _plain(text: str) -> str:
    """Without a comma or semicolon before a closing bracket, which says nothing, and spaced so that it can be read."""
    for end in ")]}>":
        text = text.replace(f", {end}", end).replace(f"; {end}", end).replace(f" {end}", end)
    for sign in ("(", "[", "{", "<"):
        text = text.replace(f"{sign} ", sign)
    for sign in (",", ":", ".", ";"):
        text = text.replace(f" {sign}", sign)
    return text.replace(". ", ".")


def parse_code(language: str, title: str, code: str) -> CodeTree | Flaw:
    """The tree of the code, or why there is none: broken, nested too deep."""
    data = code.encode("utf-8", "replace")
    tree = language_named(language).parse_or_bound(data)
    if isinstance(tree, str):
        return Flaw("syntax", f"this cannot be read: {tree}", "write it simpler and flatter")
    for node, depth in _deep(tree.root_node):
        if depth > _DEEPEST:
            return Flaw("syntax", f"this is nested more than {_DEEPEST} deep", "write it flatter")
        if node.type == "ERROR" or node.is_missing:
            line = node.start_point[0] + 1
            shown = data[node.start_byte : node.end_byte].decode("utf-8", "replace").split("\n", 1)[0][:40]
            what = f"{node.type} is missing" if node.is_missing else f"near {shown!r}"
            return Flaw("syntax", f"this is no {title}: {what}", "write it again, whole", line)
    return CodeTree(data, tree.root_node)


def tree_of(language: str, code: str) -> CodeTree:
    """The tree of code that was found readable before."""
    tree = parse_code(language, language, code)
    if isinstance(tree, Flaw):
        raise ValueError(tree.message)
    return tree


def walk(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """A node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.children))


def documentation_above(tree: CodeTree, statement: tree_sitter.Node) -> str:
    """The comments right above a statement, with a line feed behind each."""
    found: list[str] = []
    before = statement.prev_named_sibling
    line = statement.start_point[0]
    while before is not None and before.type == "comment" and before.end_point[0] == line - 1:
        found.insert(0, tree.text(before) + "\n")
        line, before = before.start_point[0], before.prev_named_sibling
    return "".join(found)


def _deep(node: tree_sitter.Node) -> Iterator[tuple[tree_sitter.Node, int]]:
    stack = [(node, 0)]
    while stack:
        one, depth = stack.pop()
        yield one, depth
        stack.extend((inner, depth + 1) for inner in reversed(one.children))

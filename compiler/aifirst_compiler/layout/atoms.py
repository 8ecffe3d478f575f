"""A file as its atoms: the tokens of its syntax tree, each string, text or comment one of them.

What stands between two atoms is white space and comments that go, so it can be judged without the tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import tree_sitter

_WHOLE = re.compile(
    r"string|^char|heredoc|nowdoc|rune|regex|subshell|shell_command|symbol$|symbol_array|^text|raw_text|uninterpreted"
    r"|preproc_arg|system_lib"
)
_COMMENT = re.compile(r"comment")


class Atom(NamedTuple):
    """One token, string, text or comment. `inside` says that white space around it has to stay white space."""

    start: int
    end: int
    comment: bool
    inside: bool


def find_atoms(tree: tree_sitter.Tree, one_in: Collection[str]) -> list[Atom]:
    """The atoms in file order. `one_in` are types of nodes in which `inside` holds."""
    atoms: list[Atom] = []
    cursor = tree.walk()
    inside_until = 0
    while True:
        node = cursor.node
        if node is not None:
            start, end, kind = node.start_byte, node.end_byte, node.type
            comment = _COMMENT.search(kind) is not None
            if kind in one_in:
                inside_until = max(inside_until, end)
            if start < end and (comment or not node.child_count or _WHOLE.search(kind)):
                atoms.append(Atom(start, end, comment, start < inside_until))
            elif cursor.goto_first_child():
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return atoms

"""Parses a text that is typed in from the tree that it had a key ago: what did not change is not parsed again.

The tree is the one that a fresh parse gives. Where the text does not parse whole, what tree-sitter makes of it depends on
where it came from; then it is parsed afresh, so that what is found in a text never hangs on how it was typed.
"""

from __future__ import annotations

import tree_sitter

from aifirst_codebase.languages.bounded_parse import Bound
from aifirst_codebase.languages.language import Language


class KnownTree:
    """A document's tree, brought along from text to text; for one document in one language, and one thread.

    `data` is the text that the tree's offsets are of, which may be an older tree moved to where its text is now.
    """

    def __init__(self) -> None:
        self.data = b""
        self.tree: tree_sitter.Tree | None = None

    def parse(self, language: Language, data: bytes) -> tree_sitter.Tree | Bound:
        """As `Language.parse_or_bound`. The tree that the last call gave must not be used any more."""
        before, self.tree = self.tree, None
        if language.data.attribute_macros:
            return language.parse_or_bound(data)  # what is parsed there is not the text itself
        if before is not None:
            _move(before, self.data, data)
            again = language.parse_or_bound(data, before)
            if isinstance(again, tree_sitter.Tree) and not again.root_node.has_error:
                return self._keep(data, again)
        fresh = language.parse_or_bound(data)
        is_whole = isinstance(fresh, tree_sitter.Tree) and not fresh.root_node.has_error
        if is_whole or before is None:
            return self._keep(data, fresh)
        self._keep(data, before)  # most of what is not whole now will be as it was
        return fresh

    def _keep(self, data: bytes, tree: tree_sitter.Tree | Bound) -> tree_sitter.Tree | Bound:
        self.data, self.tree = data, tree if isinstance(tree, tree_sitter.Tree) else None
        return tree


def _move(tree: tree_sitter.Tree, before: bytes, after: bytes) -> None:
    """Tell a tree of which stretch its text was replaced: all between what both begin and what both end with."""
    shorter = min(len(before), len(after))
    start = _common(before, after, shorter)
    tail = _common(before[start:][::-1], after[start:][::-1], shorter - start)
    old_end, new_end = len(before) - tail, len(after) - tail
    if start == old_end == new_end:
        return
    tree.edit(start, old_end, new_end, _point(before, start), _point(before, old_end), _point(after, new_end))


def _common(first: bytes, second: bytes, most: int) -> int:
    """How many bytes both begin with, `most` at most; by halves, since comparing is what C does fastest."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _point(data: bytes, byte: int) -> tuple[int, int]:
    return data.count(b"\n", 0, byte), byte - (data.rfind(b"\n", 0, byte) + 1)

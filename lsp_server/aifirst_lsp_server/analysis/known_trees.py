"""The trees of the documents that are typed in, so that a key costs the parsing of what it changed.

A tree takes some thirty times the memory of its text: only those of the last few documents are kept.
"""

from __future__ import annotations

from collections import OrderedDict

from aifirst_codebase.languages import Language
from aifirst_codebase.languages.parse_again import KnownTree

_MOST = 2
"""People type in one document, and now and then in a second."""
_SMALL = 8_000
"""Bytes up to which a text is parsed sooner than its change is found."""


class KnownTrees:
    """The trees by document and language."""

    def __init__(self) -> None:
        self._trees: OrderedDict[tuple[str, str, str], KnownTree] = OrderedDict()

    def of(self, root: str, path: str, language: Language, text: bytes) -> KnownTree | None:
        """The tree to bring up to date for a text; None where a fresh one costs nothing."""
        if len(text) < _SMALL:
            return None
        key = (root, path, language.name)
        known = self._trees.pop(key, None)
        if known is None:
            known = KnownTree()
        self._trees[key] = known
        if len(self._trees) > _MOST:
            self._trees.popitem(last=False)
        return known

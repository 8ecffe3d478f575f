"""Whether a comment that is gone stands somewhere else in the change, at a cost that does not multiply.

The words of a text are taken once; a comment is searched for only in texts that have all of its words, and all
searches of a change share one budget, which people's changes never use up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SHORTEST = 12
_BUDGET = 1_000_000_000
_PER_LOOK = 100
"""Characters searched for one change, and what it costs to find that a text lacks a word."""
_WORDS = re.compile(r"\w+")
_LEAD = re.compile(r"^[ \t]*(?:#+:?|//+!?|/\*+!?|\*+(?!/)|--|;+)?[ \t]?", re.MULTILINE)


class ChangedTexts:
    """The texts of a change after it, by path."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._words: dict[str, tuple[str, frozenset[str]]] = {}
        self._budget = _BUDGET

    def stands_in(self, path: str, comment: str) -> bool:
        """Whether the file holds the words of `comment` in their order."""
        return path in self._texts and self._has_words(path, _WORDS.findall(comment))

    def stands_beside(self, path: str, comment: str) -> bool:
        """Whether another file holds the words of `comment`, and its longest line as it is."""
        longest = max(bare_lines(comment).splitlines(), key=len, default="").strip()
        words = _WORDS.findall(comment)
        return len(longest) >= _SHORTEST and any(
            other != path and self._has_words(other, words) and longest in text
            for other, text in self._texts.items()
        )

    def _has_words(self, path: str, words: list[str]) -> bool:
        text, known = self._words_of(path)
        self._budget -= _PER_LOOK
        if self._budget < 0 or not known.issuperset(words):
            return False
        self._budget -= len(text)
        return " ".join(words) in text

    def _words_of(self, path: str) -> tuple[str, frozenset[str]]:
        if path not in self._words:
            words = _WORDS.findall(self._texts[path])
            self._words[path] = " ".join(words), frozenset(words)
        return self._words[path]


def bare_lines(comment: str) -> str:
    """The text of a comment without the markers at the start of its lines."""
    return _LEAD.sub("", comment)

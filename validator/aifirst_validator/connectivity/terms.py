"""Content terms: the words of a text that carry its subject, reduced to a stem.

Identifiers are split on `_` and at changes of case, so `read_index`, `readIndex` and "reading the
index" share their terms. Works on UTF-8 bytes with one regular expression and a memory of words seen, so
that no character is looked at in Python. Left out: words of fewer than three letters, digits, and letters
outside a-z (see `mostly_english`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from aifirst_validator.connectivity.stop_words import ENGLISH_MARKS, OTHER_MARKS, STOP_WORDS

WORD: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
"""A word or identifier."""

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Longest first where one ends in another: the first alternative that reaches the end wins.
_SUFFIX = re.compile(
    r"(?:ational|i[sz]ation|ations?|ition|ities|ments?|ingly|ings?|edly|[ai]bles?|[ae]nces?|ively|ives?|[eo]rs?"
    r"|ions?|ally|ies|ied|ily|ness|ful|less|ity|als?|i[sz]ed|i[sz]es?|ed|es|ly|e|s|y)$"
)
_SHORT_SUFFIX = re.compile(r"(?:ing|ed|er|es|e|s|y)$")
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")
_OUTSIDE_ASCII = re.compile(rb"[\x80-\xff]{2,}")

_MEMORY_LIMIT: Final = 200_000
_terms_of: dict[bytes, tuple[str, ...]] = {}


def stem(word: str) -> str:
    """`word` (lower case) without its endings: at most two, and never below three letters.

    Lighter than Porter (1980): "parser", "parsing" and "parsed" meet, "import" and "important" do not.
    """
    for _ in range(2):
        if len(word) <= 3:
            break
        found = _SUFFIX.search(word)
        if found is None:
            break
        if found.start() < (3 if found.end() - found.start() < 4 else 4):
            found = _SHORT_SUFFIX.search(word)
            if found is None or found.start() < 3:
                break
        word = word[: found.start()]
    return _DOUBLED.sub(r"\1", word)


def terms_of(word: bytes) -> tuple[str, ...]:
    """The content terms of one word or identifier, in order; empty for a stop word."""
    known = _terms_of.get(word)
    if known is None:
        if len(_terms_of) >= _MEMORY_LIMIT:
            _terms_of.clear()
        parts = (part.lower() for part in _PART.findall(word.decode()))
        known = tuple(stem(part) for part in parts if len(part) > 2 and part not in STOP_WORDS)
        _terms_of[word] = known
    return known


def count_terms(text: bytes | str) -> Counter[str]:
    """How often each content term occurs in a text."""
    if isinstance(text, str):
        text = text.encode()
    return sum_terms(Counter(WORD.findall(text)))


def sum_terms(words: Counter[bytes]) -> Counter[str]:
    """The terms of counted words."""
    terms: Counter[str] = Counter()
    for word, count in words.items():
        for term in terms_of(word):
            terms[term] += count
    return terms


def compound_names(words: Iterable[bytes]) -> frozenset[bytes]:
    """The words that can only be identifiers: `snake_case`, `camelCase`, `PascalCase`."""
    return frozenset(word for word in words if _is_compound(word))


def _is_compound(word: bytes) -> bool:
    if b"_" in word:
        return b"_" in word.strip(b"_")
    tail = word[1:]
    return not tail.islower() and tail.isalpha() and not word.isupper() and not word.islower()


def mostly_english(words: Counter[bytes], text: bytes) -> bool:
    """Whether a text is in English, the language of most code; other texts share no terms with code.

    Told by letters outside ASCII (a fifth of the text) and by function words of other languages.
    """
    if not text.isascii():
        outside = sum(map(len, _OUTSIDE_ASCII.findall(text)))
        if outside * 5 > len(text):
            return False
    english = sum(words[mark] for mark in ENGLISH_MARKS)
    other = max(sum(words[mark] for mark in marks) for marks in OTHER_MARKS)
    return other <= max(english, 2)

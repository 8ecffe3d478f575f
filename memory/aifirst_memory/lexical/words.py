"""The one splitting of text into search words, used wherever two texts are compared by their words.

An identifier gives its parts (split at case, underscores and digits) and, where it has several, itself:
`HTTPServer2` is `http`, `server` and `httpserver2`. Words are in lower case and stemmed. A run of Han,
Hiragana or Katakana gives its pairs of characters and itself, since nothing separates the words in it.

Left out: words of one letter, numbers below three digits and over six, words over 40 characters and what
looks random (`random_text`): secrets never enter an index. Stop words stay in; who compares decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections import (
    _count_elements as count_into,  # pyright: ignore[reportPrivateUsage, reportUnknownVariableType, reportAttributeAccessIssue]  # what Counter is made of: making one takes as long as counting a short text
)
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from aifirst_memory.lexical.random_text import SHORTEST_RANDOM, looks_random
from aifirst_memory.lexical.stem import stem

_LONGEST = 40
_LONG_WORD = 16
"""Letters from which a plain word in lower case is looked at for being random."""
_CACHED = 32_768
"""Identifiers remembered at once, about 10 MB. A large project has more; the frequent ones are soon known again."""

_IDENTIFIER = re.compile(rb"[A-Za-z0-9_\x80-\xff]{2,}")
_APART = bytes(byte if _IDENTIFIER.fullmatch(bytes((byte, byte))) else 32 for byte in range(256))
"""Makes a space of what is in no identifier, which takes half the time of searching."""
_PART = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNICODE_RUN = re.compile(rf"[{_CJK}]+|[^\W{_CJK}]+")
_UNICODE_PART = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")
_IS_CJK = re.compile(f"[{_CJK}]")

_FUNCTION_WORDS = """
about after all also an and any are as at be because been before both but by can could did do does doesn doing don
each for from had has have he her here his how if in into is isn it its just let ll may me might more most must my
no nor not of off on once only or other our out over re same shall she should shouldn so some such than that the
their them then there these they this those through to too under until up us use used uses using ve very was wasn we
were what when where which while who why will with won would you your
"""
_KEYWORDS = """
args async await bool break case catch class cls const continue def default del elif else except extends extern
false final finally float fn for foreach func function goto if implements import in instanceof int kwargs len let
list mut new nil none null object pass private protected pub public raise return self sizeof static str string
struct super switch this throw throws true try tuple type typedef typeof unsigned using var void volatile while
yield
"""
STOP_WORDS = frozenset(map(stem, (_FUNCTION_WORDS + _KEYWORDS).split()))
"""English function words and keywords of programming languages, as `words` writes them."""


def words(text: str) -> list[str]:
    """The search words of a text in its order; a compound follows its parts."""
    return list(chain.from_iterable(map(_known.__getitem__, _IDENTIFIER.findall(_encoded(text)))))


def count_words(text: str) -> dict[str, int]:
    """The search words of a text with how often each occurs, in order of first occurrence."""
    counts: dict[str, int] = {}
    count_into(counts, chain.from_iterable(map(_known.__getitem__, _encoded(text).translate(_APART).split())))
    return counts


def count_words_within(data: bytes, spans: Iterable[tuple[int, int]]) -> dict[str, int]:
    """The same for stretches of UTF-8 text, without decoding it."""
    counts: dict[str, int] = {}
    for start, end in spans:
        identifiers = data[start:end].translate(_APART).split()
        count_into(counts, chain.from_iterable(map(_known.__getitem__, identifiers)))
    return counts


def words_of_identifier(identifier: bytes) -> tuple[str, ...]:
    """The search words of one identifier of UTF-8 text, remembered; a compound follows its parts."""
    return _known[identifier]


def split_identifier(name: str) -> tuple[str, ...]:
    """The parts of an identifier in order, in lower case, stemmed; without the identifier itself."""
    return tuple(part for run in _IDENTIFIER.findall(_encoded(name)) for part in _parts(run)[0])


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


class _KnownIdentifiers(dict[bytes, tuple[str, ...]]):
    """The words of every identifier seen so far; a dictionary, so that looking up costs no Python."""

    def __missing__(self, identifier: bytes) -> tuple[str, ...]:
        if len(self) >= _CACHED:
            self.clear()
        if len(identifier) < 2:
            self[identifier] = ()
            return ()
        parts, compounds = _parts(identifier)
        found = self[identifier] = (*parts, *compounds)
        return found


def _parts(identifier: bytes) -> tuple[list[str], list[str]]:
    if identifier.isascii():
        return _ascii_parts(identifier.decode("ascii"))
    parts: list[str] = []
    compounds: list[str] = []
    for run in _UNICODE_RUN.findall(unicodedata.normalize("NFKC", identifier.decode("utf-8", "ignore"))):
        split = _ascii_parts if run.isascii() else _cjk_parts if _IS_CJK.match(run) else _unicode_parts
        more, compound = split(run)
        parts += more
        compounds += compound
    return parts, compounds


def _ascii_parts(run: str) -> tuple[list[str], list[str]]:
    if len(run) < _LONG_WORD and run.isalpha() and run.islower():
        return [_stem(run)], []
    letters = run.replace("_", "")
    if letters.isalpha() and letters.islower():
        pieces = [piece for piece in run.split("_") if piece]
        if max(map(len, pieces)) < _LONG_WORD:
            return _plain_parts(pieces, letters)
    if run[:2] in {"0x", "0X"}:
        return [], []
    pieces: list[str] = []
    for piece in run.split("_"):
        if len(piece) >= SHORTEST_RANDOM and looks_random(piece):
            return [], []
        pieces += _PART.findall(piece)
    return _kept(pieces)


def _plain_parts(pieces: list[str], letters: str) -> tuple[list[str], list[str]]:
    """What `_kept` gives for pieces of letters in lower case alone, sooner."""
    parts = [_stem(piece) for piece in pieces if len(piece) > 1]
    return parts, [stem(letters)] if len(pieces) > 1 and len(letters) <= _LONGEST else []


def _unicode_parts(run: str) -> tuple[list[str], list[str]]:
    """A camel-case word with letters beyond ASCII splits where an ASCII capital begins."""
    return _kept(_UNICODE_PART.findall(run))


def _cjk_parts(run: str) -> tuple[list[str], list[str]]:
    if len(run) <= 2:
        return [run], []
    return [run[i : i + 2] for i in range(len(run) - 1)], [run] if len(run) <= _LONGEST else []


def _kept(pieces: list[str]) -> tuple[list[str], list[str]]:
    """The pieces that are words, and all of them together where they are several."""
    lowered = [piece.lower() for piece in pieces]
    parts = [
        _stem(piece)
        for piece in lowered
        if (3 <= len(piece) <= 6 if piece.isdecimal() else 2 <= len(piece) <= _LONGEST)
    ]
    compound = "".join(lowered)
    if len(lowered) < 2 or len(compound) > _LONGEST or compound.isdecimal():
        return parts, []
    return parts, [stem(compound)]


_stem = lru_cache(16_384)(stem)
_known = _KnownIdentifiers()

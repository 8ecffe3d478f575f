"""The words of a text or a program, the same for queries and for files.

An identifier gives itself and its parts (`parseHTTPHeader` gives also parse, http and header), all in
lower case. There is no stemming: these are baselines.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*|_[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TEXTS_WORDS = """
    a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing down during each few for from further had has have having he her here him his how i if
    in into is it its just me more most my no nor not now of off on once only or other our out over own per same she
    should so some such than that the their them then there these they this those through to too under until up very
    was we were what when where which while who whom why will with would you your
"""
_COMMITS_WORDS = """
    fix fixes fixed fixing bug bugs issue issues add adds added adding remove removes removed removing update updates
    updated change changes changed make makes made improve improves improved refactor refactoring cleanup feat chore
    close closes closed ref refs see pr gh resolve resolves
"""
_STOP_WORDS = frozenset((_TEXTS_WORDS + _COMMITS_WORDS).split())


@lru_cache(maxsize=1 << 18)
def parts_of(identifier: str) -> tuple[str, ...]:
    """An identifier in lower case and, where it has several, its parts of at least two characters."""
    whole = identifier.strip("_").lower()
    parts = [part.lower() for part in _PART.findall(identifier) if len(part) > 1]
    return (whole, *parts) if len(parts) > 1 else (whole,)


def count_words(text: str) -> dict[str, int]:
    """How often each word stands in a text."""
    counts: dict[str, int] = {}
    for identifier, times in Counter(_IDENTIFIER.findall(text)).items():
        for word in parts_of(identifier):
            counts[word] = counts.get(word, 0) + times
    return counts


def query_words(query: str) -> list[str]:
    """The different words of a query that say something, in the order of their first appearance."""
    words = (word for identifier in _IDENTIFIER.findall(query) for word in parts_of(identifier))
    return [word for word in dict.fromkeys(words) if len(word) > 1 and word not in _STOP_WORDS]


def written_words(query: str) -> list[str]:
    """The different words of at least three characters as they are written, in lower case: what a person greps for."""
    words = (identifier.lower() for identifier in _IDENTIFIER.findall(query))
    return [word for word in dict.fromkeys(words) if len(word) > 2 and word not in _STOP_WORDS]

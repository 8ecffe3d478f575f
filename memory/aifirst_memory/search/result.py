"""What a search is asked and what it answers."""

from __future__ import annotations

from typing import Literal

import msgspec

Source = Literal["lexical", "vectors", "graph", "history", "tags", "concepts"]
SOURCES: tuple[Source, ...] = ("lexical", "vectors", "graph", "history", "tags", "concepts")
SearchLevel = Literal["hybrid", "tree", "tag", "vector", "lexical", "graph", "concept"]
"""Which index answers: `hybrid` fuses all sources that are not left out."""


class SearchRequest(msgspec.Struct, frozen=True):
    """A query. `without` names sources that are left out; `kind` limits what is found to files or units."""

    text: str
    k: int = 10
    level: SearchLevel = "hybrid"
    without: frozenset[Source] = frozenset()
    kind: Literal["any", "file", "unit"] = "any"
    tests: bool = False
    """Whether tests rank as high as other code; else they come after it unless the query speaks of tests."""


class SearchResult(msgspec.Struct, frozen=True):
    """One place that was found. `unit` is the qualified name, "" for a whole file; `score` falls from 1.

    `reasons` says why it is there, strongest first, in words that a person reads.
    """

    path: str
    unit: str
    line: int
    end_line: int
    kind: str
    score: float
    tokens: int
    reasons: tuple[str, ...]


class SearchAnswer(msgspec.Struct, frozen=True):
    """Results, best first. `notices` says what could not take part and why; `seconds` is the search alone."""

    query: str
    results: tuple[SearchResult, ...]
    notices: tuple[str, ...] = ()
    seconds: float = 0.0

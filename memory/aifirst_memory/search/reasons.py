"""Why a result is there, in words: for each source that spoke for it, what it said.

Made for the results that are returned only, all of them together: the words of a query are looked up once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from aifirst_memory.lexical.words import words
from aifirst_memory.search.query import Query

if TYPE_CHECKING:
    from aifirst_memory.lexical.reader import Match
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.rank import RankedFiles

_MOST = 4
_LEAST_SHARE = 0.06
_MOST_WORDS = 5
_LONGEST = 20_000
"""Characters of a query whose spelling is looked at."""
_LONGEST_SUBJECT = 80

_RUN = re.compile(r"\w{2,200}")
_PART = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_GROUPS: Final[dict[str, str]] = {
    "like_commits": "history", "like_meaning": "history", "like_meaning_best": "history", "said_of": "history",
    "same_issue": "issue", "changed_often": "activity", "changed_lately": "activity",
    "vector": "vector", "vector_mean": "vector", "names_defined": "names", "names_file": "names",
    "place": "place", "scope_path": "scope", "together": "together", "tests_together": "tested", "tested": "tested",
    "linked": "graph", "around": "around",
    "changed_last": "activity", "usual": "activity", "like_commit_best": "history", "companions": "together",
    "completes_names": "adds", "adds_names": "adds", "written": "written",
    "used_by_likely": "graph", "around_log": "around", "commits": "activity", "nearest_commits": "history",
    "of_likely_commits": "together", "own_commits": "together", "own_commits_mean": "together",
    "with_best_lately": "together",
}  # fmt: skip
"""Which source a feature belongs to; all others are lexical."""

_PLAIN: Final[dict[str, str]] = {
    "history": "commits that say something similar changed it",
    "activity": "changed often or lately",
    "vector": "means something similar",
    "place": "named in the query",
    "scope": "belongs to the part of the project that the query begins with",
    "issue": "a commit that names the same issue changed it",
    "together": "changes together with the best results",
    "graph": "uses or is used by the best result",
    "tested": "tested by tests that say this",
    "around": "lies near the best results",
    "written": "is called as the query writes a name",
    "adds": "completes what the best results say of the query",
}
_FIELD_NAMES: Final[dict[str, str]] = {"glue": "comments"}


class Spelling:
    """The words of a text as a person wrote them there, by the search words that they became."""

    def __init__(self, text: str) -> None:
        self._text = text[:_LONGEST]

    @cached_property
    def _written(self) -> dict[str, str]:
        written: dict[str, str] = {}
        for run in dict.fromkeys(_RUN.findall(self._text)):
            said = words(run)
            parts = _PART.findall(run) if len(said) > 1 else ()
            if said:
                written.setdefault(said[-1], run)
            for part in parts:
                for word in words(part):
                    written.setdefault(word, part.lower())
        return written

    def __getitem__(self, word: str) -> str:
        return self._written.get(word, word)


def said_words(matches: Iterable[Match], spelling: Spelling) -> str:
    """The words that a unit says, with where they stand: `says session (name, code), expired (comments)`.

    Parts of a name that is told are not told again.
    """
    fields: dict[str, list[str]] = {}
    for match in matches:
        where = fields.setdefault(spelling[match.word], [])
        name = _FIELD_NAMES.get(match.field, match.field)
        if name not in where:
            where.append(name)
    whole = [word.lower() for word in fields]
    strongest = [
        f"{word} ({', '.join(where)})"
        for word, where in fields.items()
        if not any(len(other) > len(word) and word.lower() in other for other in whole)
    ]
    return f"says {', '.join(strongest[:_MOST_WORDS])}" if strongest else ""


def unit_reasons(memory: Memory, query: Query, unit_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """For each of several units, which words of the query it says, and where; nothing where it says none."""
    spelling = Spelling(query.text)
    matches = memory.lexical.matched_in(unit_ids, query.weights)
    said = {unit: said_words(of_unit, spelling) for unit, of_unit in matches.items()}
    return {unit: (one,) if one else () for unit, one in said.items()}


class FileReasons:
    """What speaks for the files of a ranking."""

    def __init__(self, memory: Memory, query: Query, ranked: RankedFiles) -> None:
        self._memory = memory
        self._query = query
        self._ranked = ranked
        self._columns = [
            (_GROUPS.get(name, "lexical"), weight, column)
            for name, weight in ranked.weights.items()
            if (column := ranked.features.columns.get(name)) is not None
        ]

    def __call__(self, position: int, said: str) -> tuple[str, ...]:
        """What speaks for a file, strongest first; `said` is what `said_words` tells of its best unit."""
        shares = self._shares(position)
        total = sum(share for share in shares.values() if share > 0) or 1.0
        strongest = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
        told: dict[str, float] = {}
        for group, share in strongest:
            if share / total >= _LEAST_SHARE:
                reason = self._told(position, group, said)
                told[reason] = told.get(reason, 0.0) + share / total
        return tuple(f"{reason} ({share:.0%})" for reason, share in told.items())

    def _shares(self, position: int) -> Mapping[str, float]:
        """What each source adds to the score of a file."""
        shares: dict[str, float] = {}
        for group, weight, column in self._columns:
            shares[group] = shares.get(group, 0.0) + weight * column.item(position)
        return shares

    def _told(self, position: int, group: str, said: str) -> str:
        if group == "lexical":
            return said or "says words of the query"
        if group == "names":
            return said if any(name in said for name in self._query.names) else "says names of the query"
        if group == "history" and (commit := self._commit(position)):
            return commit
        return _PLAIN[group]

    def _commit(self, position: int) -> str:
        """The past commit that tells most of a file: one with words of the query, else one that means the same."""
        features, history = self._ranked.features, self._memory.history
        told = (history.explain(past, features.files.paths[position]) for past in features.past)
        commit = next((one for one in told if one is not None), None)
        if commit is None:
            return ""
        subject = commit.subject
        if len(subject) > _LONGEST_SUBJECT:
            subject = subject[: _LONGEST_SUBJECT - 1].rstrip() + "…"
        return f"commit {commit.id[:9]} changed it: {subject}"

"""Why a result is there, in words: for each source that spoke for it, what it said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aifirst_memory.search.query import Query

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.rank import RankedFiles

_MOST = 4
_LEAST_SHARE = 0.06
_MOST_WORDS = 5

_GROUPS: Final[dict[str, str]] = {
    "history_best": "history", "history_total": "history", "history_recent": "history", "history_near": "history",
    "title_history_best": "history", "title_history_recent": "history", "scope_history": "history",
    "changed_often": "activity", "changed_lately": "activity", "changed_last": "activity",
    "vector": "vector", "vector_mean": "vector",
    "names_defined": "names", "names_used": "names", "names_file": "names",
    "place": "place", "scope_path": "scope", "scope_name": "scope", "tag": "tag",
    "together": "together", "graph": "graph", "tested": "tested", "beside": "beside",
}  # fmt: skip
"""Which source a feature belongs to; all others are lexical."""


def file_reasons(memory: Memory, query: Query, ranked: RankedFiles, position: int) -> tuple[str, ...]:
    """What speaks for a file, strongest first."""
    shares: dict[str, float] = {}
    for name, weight in ranked.weights.items():
        column = ranked.features.columns.get(name)
        if column is not None:
            group = _GROUPS.get(name, "lexical")
            shares[group] = shares.get(group, 0.0) + weight * float(column[position])
    total = sum(share for share in shares.values() if share > 0) or 1.0
    strongest = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return tuple(
        f"{_said(memory, query, ranked, position, group)} ({share / total:.0%})"
        for group, share in strongest
        if share / total >= _LEAST_SHARE
    )


def _said(memory: Memory, query: Query, ranked: RankedFiles, position: int, group: str) -> str:
    files = ranked.features.files
    path = files.paths[position]
    if group == "lexical":
        first, count = int(files.first_units[position]), int(files.units[position])
        best = int(ranked.unit_scores(first, count).argmax()) if count else 0
        return f"says {_words(memory, first + best, query.weights) or 'the words of the query'}"
    if group == "history":
        scores = memory.history.score_files(query.weights)
        commit = memory.history.explain(scores, path)
        return (
            f"commit {commit.id[:9]} changed it: {commit.subject!r}"
            if commit
            else "past commits like this changed it"
        )
    return _PLAIN[group]


_PLAIN: Final[dict[str, str]] = {
    "activity": "is changed often or lately",
    "vector": "is about something similar",
    "names": "has names that the query mentions",
    "place": "is named in the query",
    "scope": "belongs to the part that the query begins with",
    "tag": "carries a tag that the query names",
    "together": "changes together with the best matches",
    "graph": "is used by or uses the best matches",
    "tested": "is tested by tests that match",
    "beside": "lies beside the best matches",
}


def unit_reasons(memory: Memory, query: Query, unit_id: int) -> tuple[str, ...]:
    """Which words of the query a unit says, and where."""
    said = _words(memory, unit_id, query.weights)
    return (f"says {said}",) if said else ()


def _words(memory: Memory, unit_id: int, weights: dict[str, float]) -> str:
    fields: dict[str, list[str]] = {}
    for match in memory.lexical.matched(unit_id, weights):
        where = fields.setdefault(match.word, [])
        if match.field not in where:
            where.append(match.field)
    strongest = list(fields.items())[:_MOST_WORDS]
    return ", ".join(f"{word} ({'+'.join(where)})" for word, where in strongest)

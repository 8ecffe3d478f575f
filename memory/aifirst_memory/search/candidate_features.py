"""What sets the likely files apart from each other: a second look at the best of a ranking.

A commit seldom changes the two files that say the same; it changes one that says most of the query and another
that says the rest, is called by what the first is about, or changed with it when little else did. So every candidate
is compared with the likeliest ones, each as much as it is likely. Looked at for some sixty files only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from aifirst_memory.search.best_places import highest_places
from aifirst_memory.search.candidates import LIKELIEST, Candidates, find_candidates
from aifirst_memory.search.history_features import trust_in
from aifirst_memory.search.likely_features import compare_likely
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source
from aifirst_memory.search.word_coverage import WordCoverage, cover_words

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.features import Features, Scores

_CANDIDATES = 60


def look_again(
    features: Features,
    memory: Memory,
    query: Query,
    scores: Scores,
    without: Collection[Source] = (),
) -> None:
    """Add the columns of the candidates that the scores of a ranking make."""
    code = features.files.code
    positions = code[highest_places(scores[code], _CANDIDATES)]
    if not len(positions):
        return
    features.candidates = positions
    candidates = find_candidates(features, positions, scores[positions])
    coverage = None
    if "lexical" in features.by_unit:
        coverage = cover_words(memory, features.weights, positions, candidates.best_units)
        candidates.put(features, "unit_says", coverage.worth @ coverage.best_unit)
        _add_clauses(features, candidates, coverage, query)
    if features.like_past is not None:
        _add_past(features, memory, candidates, features.like_past)
    compare_likely(features, memory, query, candidates, coverage, without)


def _add_clauses(features: Features, candidates: Candidates, coverage: WordCoverage, query: Query) -> None:
    """Whether a file is the best for a part of the query: an item of a list, a sentence, what follows an `and`."""
    row = {word: at for at, word in enumerate(coverage.words)}
    said = coverage.worth[:, None] * (coverage.anywhere + coverage.best_unit + coverage.named)
    place = np.zeros(len(candidates.positions))
    for clause in query.clauses:
        rows = [row[word] for word in clause if word in row]
        scores = said[rows].sum(axis=0)
        order = np.argsort(-scores, kind="stable")[:10]
        order = order[scores[order] > 0]
        if len(order):
            place[order] = np.maximum(place[order], 1 / np.arange(1, len(order) + 1))
    candidates.put(features, "clause_place", place)


def _add_past(features: Features, memory: Memory, candidates: Candidates, like_past: Scores) -> None:
    """What the history says of the candidates beyond words: the last commit, what is usual, companions."""
    history, active = memory.history, memory.activity
    trust = trust_in(history)
    indexes = memory.history_positions[candidates.positions]
    known = np.maximum(indexes, 0)
    features.columns["changed_last"] = (active.place == 0) * trust
    features.columns["usual"] = active.usual * trust
    like = like_past * active.shares
    highest = float(like.max(initial=0.0))
    if highest > 0:
        best = history.highest_of(known, like) * (trust / highest)
        candidates.put(features, "like_commit_best", np.where(indexes >= 0, best, 0))
    companions = np.zeros(len(indexes))
    for index, chance in zip(indexes[:LIKELIEST].tolist(), candidates.chances.tolist(), strict=False):
        if index >= 0:
            companions += (
                chance * history.shared_with(index, active.small)[known] / (active.of_small[known] + 1)
            )
    candidates.put(features, "companions", np.where(indexes >= 0, companions, 0) * trust)

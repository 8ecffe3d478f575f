"""What sets the likely files apart from each other: a second look at the best of a ranking.

A commit seldom changes the two files that say the same; it changes one that says most of the query and another
that says the rest, is called by what the first is about, or changed with it when little else did. So every candidate
is compared with the likeliest ones, each as much as it is likely. Looked at for some sixty files only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.best_places import highest_places
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source
from aifirst_memory.search.word_coverage import WordCoverage, cover_words

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.features import Features, Scores

_CANDIDATES = 60
_LIKELIEST = 5
_MEANT = 0.5
"""What the meaning of a unit counts beside its words, where its file's best unit is looked for."""


class Candidates(NamedTuple):
    """The best files of code, best first, with their chances, and each one's unit that fits the query best."""

    positions: NDArray[np.intp]
    chances: NDArray[np.float64]
    fits: Scores
    """By unit id: how well it fits, by words and meaning."""
    best_units: NDArray[np.int64]


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
    candidates = _candidates(features, positions, scores[positions])
    if "lexical" in features.by_unit:
        coverage = cover_words(memory, features.weights, positions, candidates.best_units)
        _add_coverage(features, candidates, coverage)
        _add_clauses(features, candidates, coverage, query)
    if "graph" not in without:
        _add_used(features, memory, candidates)
    if features.like_past is not None:
        _add_past(features, memory, candidates, features.like_past)


def _candidates(features: Features, positions: NDArray[np.intp], scores: Scores) -> Candidates:
    files = features.files
    fits = np.zeros(len(files.unit_position), np.float32)
    for name, share in (("lexical", 1.0), ("vector", _MEANT)):
        column = features.by_unit.get(name)
        highest = float(column.max(initial=0.0)) if column is not None else 0.0
        if column is not None and highest > 0:
            part = column[: len(fits)]
            fits[: len(part)] += np.float32(share / highest) * part
    firsts, counts = files.first_units[positions].tolist(), files.units[positions].tolist()
    best = [first + int(fits[first : first + n].argmax()) for first, n in zip(firsts, counts, strict=True)]
    chances = np.exp(scores.astype(np.float64) - float(scores[0]))
    return Candidates(positions, chances / chances.sum(), fits, np.array(best, np.int64))


def _put(features: Features, name: str, candidates: Candidates, values: NDArray[np.floating]) -> None:
    column = np.zeros(len(features.files.paths), np.float32)
    column[candidates.positions] = values
    features.columns[name] = column


def _of_others(candidates: Candidates, pairs: NDArray[np.floating]) -> NDArray[np.float64]:
    """The mean of what each of the likeliest (a row) makes of each candidate (a column), itself left out."""
    few = len(pairs)
    shares = np.repeat(candidates.chances[:few, None], pairs.shape[1], axis=1)
    shares[np.arange(few), np.arange(few)] = 0
    return (shares * pairs).sum(axis=0) / (shares.sum(axis=0) + 1e-12)


def _add_coverage(features: Features, candidates: Candidates, coverage: WordCoverage) -> None:
    """What a file says that the likeliest do not, and what its best unit says."""
    beyond_files = coverage.beyond(coverage.anywhere, coverage.anywhere[:, :_LIKELIEST])
    beyond_units = coverage.beyond(coverage.anywhere, coverage.best_unit[:, :_LIKELIEST])
    _put(features, "adds", candidates, _of_others(candidates, beyond_files))
    _put(features, "adds_to_unit", candidates, _of_others(candidates, beyond_units))
    _put(features, "unit_says", candidates, coverage.worth @ coverage.best_unit)


def _add_clauses(features: Features, candidates: Candidates, coverage: WordCoverage, query: Query) -> None:
    """Whether a file is the best for a part of the query: an item of a list, a sentence, what follows an `and`."""
    row = {word: at for at, word in enumerate(coverage.words)}
    said = coverage.worth[:, None] * (coverage.anywhere + coverage.best_unit + coverage.named)
    wins = np.zeros(len(candidates.positions))
    place = np.zeros(len(candidates.positions))
    for clause in query.clauses:
        rows = [row[word] for word in clause if word in row]
        scores = said[rows].sum(axis=0)
        order = np.argsort(-scores, kind="stable")[:10]
        order = order[scores[order] > 0]
        if len(order):
            wins[order[0]] += 1
            place[order] = np.maximum(place[order], 1 / np.arange(1, len(order) + 1))
    _put(features, "clauses_won", candidates, wins)
    _put(features, "clause_place", candidates, place)


def _add_used(features: Features, memory: Memory, candidates: Candidates) -> None:
    """What those units of the best file use, and are used by, that fit the query."""
    files, graph = features.files, memory.graph
    best = int(candidates.positions[0])
    first = min(int(files.first_units[best]), graph.size)
    end = min(first + int(files.units[best]), graph.size)
    fits = candidates.fits[first:end] ** 3
    edges = slice(int(graph.starts[first]), int(graph.starts[end]))
    targets = graph.targets[edges]
    worth = graph.shares[edges] * np.repeat(fits, np.diff(graph.starts[first : end + 1]))
    known = targets < len(files.unit_position)
    positions = files.unit_position[targets[known]]
    other = (positions >= 0) & (positions != best)
    found = np.bincount(positions[other], worth[known][other], minlength=len(files.paths))
    features.columns["used"] = (found / (float(fits.sum()) + 1e-9)).astype(np.float32)


def _add_past(features: Features, memory: Memory, candidates: Candidates, like_past: Scores) -> None:
    """What the history says of the candidates beyond words: the last commit, what is usual, companions."""
    history, active = memory.history, memory.activity
    indexes = memory.history_positions[candidates.positions]
    known = np.maximum(indexes, 0)
    features.columns["changed_last"] = (active.place == 0).astype(np.float32)
    features.columns["usual"] = active.usual
    like = like_past * active.shares
    highest = float(like.max(initial=0.0))
    if highest > 0:
        best = history.highest_of(known, like) / highest
        _put(features, "like_commit_best", candidates, np.where(indexes >= 0, best, 0))
    companions = np.zeros(len(indexes))
    for index, chance in zip(indexes[:_LIKELIEST].tolist(), candidates.chances.tolist(), strict=False):
        if index >= 0:
            companions += (
                chance * history.shared_with(index, active.small)[known] / (active.of_small[known] + 1)
            )
    _put(features, "companions", candidates, np.where(indexes >= 0, companions, 0))

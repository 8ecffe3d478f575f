"""Ranks files: features, weighed and added up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.best_places import best_places
from aifirst_memory.search.candidate_features import look_again
from aifirst_memory.search.features import Features, Scores, measure
from aifirst_memory.search.file_role import CODE, DOCUMENT, TEST
from aifirst_memory.search.named_files import certain_files
from aifirst_memory.search.query import Query
from aifirst_memory.search.related_features import expand
from aifirst_memory.search.result import Source
from aifirst_memory.search.weights import (
    FIRST,
    FULL,
    LEAST,
    ROLE_FACTORS,
    SECOND,
    UNIT_WEIGHTS,
    WITHOUT_HISTORY,
)

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory

_LEFT = 0.001
"""Of what a candidate scored before, what is left of it at least: it stays a result."""


def weigh(features: Features, weights: Mapping[str, float]) -> Scores:
    """The weighted sum of the columns, by position."""
    total = np.zeros(len(features.files.paths), np.float32)
    for name, weight in weights.items():
        column = features.columns.get(name)
        if column is not None:
            total += np.float32(weight) * column
    return total


def measure_all(memory: Memory, query: Query, without: Collection[Source] = ()) -> Features:
    """All features, those that follow from a first ranking too."""
    features = measure(memory, query, without)
    expand(features, memory, query, weigh(features, FIRST), without)
    if features.files.paths:
        features.before = weigh(features, SECOND)
        look_again(features, memory, query, features.before, without)
    return features


def weigh_again(features: Features, weights: Mapping[str, float]) -> Scores:
    """The candidates by these weights, which were learnt among candidates; all others as they were scored before.

    On average the candidates score what they did, so that code and what is no code stay as far apart as they were.
    """
    candidates, before = features.candidates, features.before
    if candidates is None or before is None:
        return weigh(features, weights)
    scores, past = before.copy(), before[candidates]
    again = weigh(features, weights)[candidates]
    scores[candidates] = np.maximum(again - again.mean() + past.mean(), np.float32(_LEFT) * past)
    return scores


@dataclass(frozen=True)
class RankedFiles:
    """Files with their score, and the features behind it."""

    features: Features
    weights: Mapping[str, float]
    scores: Scores
    _highest_of: dict[str, float] = field(default_factory=dict[str, float], repr=False, compare=False)

    def best(self, k: int) -> list[int]:
        """The positions of the `k` best files, best first; those that nothing speaks for are left out."""
        return best_places(self.scores, k)

    def relative(self, position: int) -> float:
        """The score of a file as a share of the best one's, from 0 to 1."""
        highest = float(self.scores.max(initial=0.0))
        return max(float(self.scores[position]), 0.0) / highest if highest > 0 else 0.0

    def _highest(self, name: str) -> float:
        """The highest score of a unit by a source."""
        if name not in self._highest_of:
            self._highest_of[name] = float(self.features.by_unit[name].max(initial=0.0))
        return self._highest_of[name]

    def unit_scores(self, first: int, count: int) -> Scores:
        """How much each of the units from `first` on is what the query is about."""
        total = np.zeros(count, np.float32)
        named = self.features.by_unit.get("named")
        for name, weight in UNIT_WEIGHTS.items():
            column = self.features.by_unit.get(name)
            if column is None:
                continue
            highest = self._highest(name)
            part = column[first : first + count]
            if highest > 0:
                total[: len(part)] += np.float32(weight / highest) * part
        if named is not None:
            # Who names a line means what stands there, whatever the words are.
            total += (named[first : first + count] > 0) * total.max(initial=0.0)
        return total


def rank_files(memory: Memory, query: Query, without: Collection[Source] = ()) -> RankedFiles:
    """Rank the files of the index for a query."""
    return rank_measured(measure_all(memory, query, without), query, without)


def rank_measured(features: Features, query: Query, without: Collection[Source] = ()) -> RankedFiles:
    """Weigh measured features.

    A file of which nothing of the query speaks scores 0, however often it changes. Tests, documents, examples and
    data come behind code that is as likely, unless the query speaks of them, or no code says half as much of it as a
    document. Files that the query is about beyond
    doubt come before all.
    """
    weights = WITHOUT_HISTORY if "history" in without or "said_of" not in features.columns else FULL
    scores = np.maximum(weigh_again(features, weights) - np.float32(LEAST), 0)
    factors = np.array(ROLE_FACTORS, np.float32)
    if query.about_tests:
        factors[TEST] = 1
    unheld = (features.columns["place"] > 0) | _documents_alone(features)
    scores = np.where(unheld, scores, scores * factors[features.files.roles])
    scores[~features.spoken_of(by_meaning="lexical" in without)] = 0
    certain = certain_files(features.files, query)
    if certain:
        highest = max(float(scores.max()), 1.0)
        scores[certain] = highest * np.linspace(1.1, 1.02, len(certain), dtype=np.float32)
    return RankedFiles(features, weights, scores)


def _documents_alone(features: Features) -> NDArray[np.bool_]:
    """The documents that say at least twice as much of the query as any code."""
    roles, said = features.files.roles, features.said
    if said is None:
        return np.zeros(len(roles), np.bool_)
    return (roles == DOCUMENT) & (said > 0) & (said >= 2 * said[roles == CODE].max(initial=0.0))

"""What the history says of every file for one query: whose commits are like it, which messages speak of it.

A past commit is like a query by the words of its message and by what its subject means; only those that are much
like it count, by the third power, and the newer ones more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.activity import by_file_now

if TYPE_CHECKING:
    from aifirst_memory.history.reader import HistoryReader
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.features import Features, Scores
    from aifirst_memory.search.query import Query


_MANY = 50
"""Commits from which on what they tell counts in full: of three, one is always the most like a query."""


def add_history(features: Features, memory: Memory, query: Query, weights: Mapping[str, float]) -> None:
    """Add the columns of the history; none where there is none."""
    history = memory.history
    if not len(history):
        return
    by_words = history.score_commits(weights)
    likeness = history.likeness(query.text.strip().partition("\n")[0])
    features.past += [by_words, likeness]
    like: Scores = (_to_one(by_words) + _to_one(likeness)) * np.float32(0.5)
    like *= like * like  # a power of an array takes ten times as long
    features.like_past = like
    trust = trust_in(history)

    commits = memory.activity.commits_of

    def add(name: str, scores: Scores) -> None:
        features.add(name, scores)
        features.columns[name] *= trust

    add("like_commits", commits.summed(like * history.newness))
    sharp: Scores = likeness * likeness * likeness
    for _ in range(2):
        np.multiply(sharp, sharp, out=sharp)
    add("like_meaning", commits.summed(sharp))
    add("like_meaning_best", commits.highest(likeness))
    add("said_of", from_history(memory, history.score_messages(weights)))
    if query.issues:
        add("same_issue", commits.highest(history.holding(query.issues)))
    features.add("changed_often", memory.activity.often)
    features.add("changed_lately", memory.activity.lately)


def trust_in(history: HistoryReader) -> np.float32:
    """How much what a history tells counts, up to 1: less where there are few commits."""
    return np.float32(min(1.0, (len(history) / _MANY) ** 0.5))


def _to_one(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    highest = float(scores.max(initial=0.0))
    return scores / np.float32(highest) if highest > 0 else scores


def from_history(memory: Memory, values: NDArray[np.floating]) -> Scores:
    """Values by index of the history's paths, by position of the files that there are now."""
    return by_file_now(memory.history_positions, values)

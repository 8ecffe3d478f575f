"""Finds what repeats in a sequence of tokens: Re-Pair (Larsson and Moffat, 2000) with many pairs replaced a round.

Two neighbours that stand together often become one new number, round by round, until nothing stands together
twice. Long repeats come out as rules of rules, each used at least twice where it was made; which of them are worth
their cost is for `prune` to say.

A round replaces every pair whose number is within a share of the largest, at the places where it beats both
neighbours that it overlaps. So a package takes some forty rounds, each a few passes of NumPy, in place of ten
thousand; the choice depends on nothing but the sequence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

BARRIER = 0
"""What stands between files: part of no pair."""

_BITS = 31
_MULTIPLIER = 0x9E3779B1
_MAX_ROUNDS = 500
"""Far more than code takes; a bound on what a text made to take many can cost."""
_SHARE = 0.7
"""Pairs at least this share as frequent as the most frequent one are replaced together. At 0.9 documents are 0.1 %
smaller and take a third longer."""


class Repeats(NamedTuple):
    """The sequence with its pairs replaced. Rule `i` stands for the two numbers `left[i]` and `right[i]` and has the
    number `first + i`."""

    sequence: Ids
    first: int
    left: list[int]
    right: list[int]


def replace_pairs(sequence: Ids, first: int) -> Repeats:
    """Replace pairs until none stands in the sequence twice. Numbers from `first` on are new."""
    left: list[int] = []
    right: list[int] = []
    for _ in range(_MAX_ROUNDS):
        if len(sequence) < 4:
            break
        places, pairs, kinds = _choose(sequence)
        if not len(kinds):
            break
        left.extend((kinds >> _BITS).tolist())
        right.extend((kinds & ((1 << _BITS) - 1)).tolist())
        sequence = sequence.copy()
        sequence[places] = first + len(left) - len(kinds) + pairs
        sequence = np.delete(sequence, places + 1)
    return Repeats(sequence, first, left, right)


def _choose(sequence: Ids) -> tuple[Ids, Ids, Ids]:
    """Where pairs are replaced, which one at each place, and what each of them consists of. Places never overlap."""
    keys = (sequence[:-1] << _BITS) | sequence[1:]
    barred = (sequence[:-1] == BARRIER) | (sequence[1:] == BARRIER)
    keys[barred] = -1
    kinds, group, counts = np.unique(keys, return_inverse=True, return_counts=True)
    if kinds[0] == -1:
        counts[0] = 0
    most = int(counts.max())
    empty = np.empty(0, np.int64)
    if most < 2:
        return empty, empty, empty
    for threshold in (max(2, int(most * _SHARE)) if most > 5 else 2, 2):
        rank = np.where(counts >= threshold, (counts << _BITS) + _shuffled(len(counts)), 0)
        places = _best_places(rank[group])
        chosen = np.bincount(group[places], minlength=len(kinds)) >= 2
        if chosen.any():
            places = places[chosen[group[places]]]
            numbers = np.cumsum(chosen) - 1
            return places, numbers[group[places]], kinds[chosen]
    return empty, empty, empty


def _shuffled(size: int) -> Ids:
    """As many different numbers in an order that no text follows.

    They decide between pairs of one count. In an order that a text follows, such as a sorted table, each would lose
    to the one before it, and a round would replace but one.
    """
    return (np.arange(size, dtype=np.int64) * _MULTIPLIER) & ((1 << _BITS) - 1)


def _best_places(rank: Ids) -> Ids:
    """Places whose pair has a rank and outranks the two that overlap it; in a run of one pair, every other place."""
    before = np.concatenate(([0], rank[:-1]))
    after = np.concatenate((rank[1:], [0]))
    every = np.arange(len(rank))
    run_start = np.maximum.accumulate(np.where(rank != before, every, 0))
    return np.flatnonzero((rank > 0) & (rank >= before) & (rank >= after) & ((every - run_start) % 2 == 0))

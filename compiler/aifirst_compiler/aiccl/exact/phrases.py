"""Where phrases stand in a sequence of tokens: all phrases of one length at a time, by hashes of its windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aifirst_compiler.aiccl.exact.pairs import Ids

_BASE = 0x9E3779B97F4A7C15
_SPREAD = np.uint64(0xD1342543DE82EF95)
_SLOTS = 1 << 20
_SLOT_SHIFT = np.uint64(64 - 20)
_MASK = (1 << 64) - 1
_MAX_LENGTHS = 500
"""Different lengths that are looked for, the shortest first: each costs a pass over the sequence."""


def find_phrases(sequence: Ids, phrases: Sequence[Sequence[int]]) -> list[list[int]]:
    """The places at which each phrase begins, in order. Those of one token are not looked for.

    Of equal phrases only the first is found. A hash that two windows share costs a comparison, never a wrong place.
    """
    tokens: list[int] = sequence.tolist()
    of_length: dict[int, dict[tuple[int, ...], int]] = {}
    for index, phrase in enumerate(phrases):
        if 1 < len(phrase) <= len(tokens):
            of_length.setdefault(len(phrase), {}).setdefault(tuple(phrase), index)
    found: list[list[int]] = [[] for _ in phrases]
    if not of_length:
        return found
    sums = _hashes_of_beginnings(sequence)
    for length in sorted(of_length)[:_MAX_LENGTHS]:
        wanted = of_length[length]
        windows = sums[length:] - sums[:-length] * np.uint64(pow(_BASE, length, 1 << 64))
        rows = np.array(list(wanted), np.uint64)
        hashes = np.zeros(len(rows), np.uint64)
        for column in range(length):
            hashes = hashes * np.uint64(_BASE) + _spread(rows[:, column])
        filled = np.zeros(_SLOTS, np.bool_)
        filled[hashes >> _SLOT_SHIFT] = True
        for place in np.flatnonzero(filled[windows >> _SLOT_SHIFT]).tolist():
            index = wanted.get(tuple(tokens[place : place + length]))
            if index is not None:
                found[index].append(place)
    return found


def _spread(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (numbers + np.uint64(1)) * _SPREAD


def _hashes_of_beginnings(sequence: Ids) -> NDArray[np.uint64]:
    sums = [0]
    value = 0
    for number in _spread(sequence.astype(np.uint64)).tolist():
        value = (value * _BASE + number) & _MASK
        sums.append(value)
    return np.array(sums, np.uint64)

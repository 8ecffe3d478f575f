"""The entries of a flat map: of all phrases that repeat, again and again the one that saves most where none stands yet.

Nested maps are pruned instead (`prune`): there a phrase that loses its place still saves tokens in other entries.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aifirst_compiler.aiccl.exact.pairs import Ids, Repeats
from aifirst_compiler.aiccl.exact.phrases import find_phrases
from aifirst_compiler.aiccl.exact.prune import OVERHEAD, Rules

_MAX_LENGTH = 64


def choose_flat(sequence: Ids, repeats: Repeats, *, max_entries: int) -> Rules:
    """At most `max_entries` rules that save tokens, none of which uses another, and the sequence written with them."""
    phrases = _phrases(repeats)
    places = [np.array(found, np.int64) for found in find_phrases(sequence, phrases)]
    free = np.ones(len(sequence), np.bool_)
    heap = [
        (-_gain(len(found), len(phrase)), index)
        for index, (found, phrase) in enumerate(zip(places, phrases, strict=True))
    ]
    heapq.heapify(heap)
    chosen: dict[int, list[int]] = {}
    while heap and heap[0][0] < 0 and len(chosen) < max_entries:
        gain, index = heapq.heappop(heap)
        length = len(phrases[index])
        places[index] = found = _apart(places[index], length, free)
        now = -_gain(len(found), length)
        if now > gain and heap and (now, index) > heap[0]:
            heapq.heappush(heap, (now, index))
        elif now < 0:
            chosen[index] = found.tolist()
            free[found[:, None] + np.arange(length)] = False
    return _written(sequence, phrases, chosen, repeats.first)


def _gain(number: int, length: int) -> int:
    return number * (length - 1) - length - OVERHEAD


def _phrases(repeats: Repeats) -> list[list[int]]:
    """What every rule stands for in tokens, where that is not too long."""
    full: dict[int, list[int]] = {}
    for number, parts in enumerate(zip(repeats.left, repeats.right, strict=True), repeats.first):
        sides = [[part] if part < repeats.first else full.get(part, []) for part in parts]
        if all(sides) and len(sides[0]) + len(sides[1]) <= _MAX_LENGTH:
            full[number] = sides[0] + sides[1]
    return list(full.values())


def _apart(places: NDArray[np.int64], length: int, free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Those of the places at which nothing stands yet and the phrase does not overlap itself."""
    left = places[free[places[:, None] + np.arange(length)].all(1)] if len(places) else places
    if not len(left) or int(np.diff(left).min(initial=length)) >= length:
        return left
    apart: list[int] = []
    for place in left.tolist():
        if not apart or place >= apart[-1] + length:
            apart.append(place)
    return np.array(apart, np.int64)


def _written(sequence: Ids, phrases: Sequence[list[int]], chosen: dict[int, list[int]], first: int) -> Rules:
    at = {place: index for index, found in chosen.items() for place in found}
    written: list[int] = []
    tokens: list[int] = sequence.tolist()
    numbers = {index: first + number for number, index in enumerate(chosen)}
    place = 0
    while place < len(tokens):
        index = at.get(place)
        written.append(tokens[place] if index is None else numbers[index])
        place += 1 if index is None else len(phrases[index])
    return Rules({numbers[index]: phrases[index] for index in chosen}, written)

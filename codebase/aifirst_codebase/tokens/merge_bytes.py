"""Splits bytes that are no token into those that are, by joining the neighbours of the lowest rank again and again."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Final

_NEVER: Final = 1 << 30
_SHORT: Final = 300
"""Up to here looking through all neighbours, which is done in C, is faster than keeping them in order."""


def merge_bytes(data: str, ranks: Mapping[str, int]) -> list[str]:
    """The tokens of `data`; bytes are characters of Latin-1, and each of them alone has a rank."""
    return _merge_short(data, ranks) if len(data) <= _SHORT else _merge_long(data, ranks)


def _merge_short(data: str, ranks: Mapping[str, int]) -> list[str]:
    parts = list(data)
    rank_of = ranks.get
    joined = [rank_of(first + second, _NEVER) for first, second in pairwise(parts)]
    while joined:
        lowest = min(joined)
        if lowest == _NEVER:
            break
        at = joined.index(lowest)
        parts[at] += parts.pop(at + 1)
        del joined[at]
        if at:
            joined[at - 1] = rank_of(parts[at - 1] + parts[at], _NEVER)
        if at < len(joined):
            joined[at] = rank_of(parts[at] + parts[at + 1], _NEVER)
    return parts


def _merge_long(data: str, ranks: Mapping[str, int]) -> list[str]:
    """The same in n log n: a heap of (rank, place, end of the pair); what is out of date is passed over."""
    size = len(data)
    end_at = list(range(1, size + 1))  # of the part that starts there
    start_before = list(range(-1, size))  # of the part before the one that starts there
    alive = bytearray(b"\x01") * size
    heap = [
        (rank, at, at + 2) for at in range(size - 1) if (rank := ranks.get(data[at : at + 2])) is not None
    ]
    heapify(heap)
    while heap:
        _, at, end = heappop(heap)
        middle = end_at[at]
        if not alive[at] or middle >= size or end_at[middle] != end or middle == end:
            continue
        alive[middle] = 0
        end_at[at] = end
        if end < size:
            start_before[end] = at
            rank = ranks.get(data[at : end_at[end]])
            if rank is not None:
                heappush(heap, (rank, at, end_at[end]))
        before = start_before[at]
        if before >= 0:
            rank = ranks.get(data[before:end])
            if rank is not None:
                heappush(heap, (rank, before, end))
    parts: list[str] = []
    at = 0
    while at < size:
        parts.append(data[at : end_at[at]])
        at = end_at[at]
    return parts

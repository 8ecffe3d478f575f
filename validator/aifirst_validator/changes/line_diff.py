"""Which lines differ between two texts, as hunks of line ranges.

Patience diff (Bram Cohen): lines that occur once on both sides and in the same order are anchors, and
only what lies between them is compared further. It stays near linear where a plain longest common
subsequence is quadratic, and it keeps functions together the way a person reads a change.

Left out: words inside a line. A line's own end (`\\n`, `\\r\\n`) is not compared, so that a checkout with
other line ends is no change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

import msgspec

_SMALL = 600
_DEEPEST = 50
"""Times that a stretch is cut at anchors; texts that people write need fewer than ten."""


class Hunk(msgspec.Struct, frozen=True):
    """Lines [before_start, before_end) became lines [after_start, after_end), counted from 0."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


def diff_lines(before: bytes, after: bytes) -> list[Hunk]:
    """The hunks that turn one text into the other, in order, none of them touching the next."""
    return diff_items(before.splitlines(), after.splitlines())


def diff_items(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Hunk]:
    """The hunks between two sequences, positions instead of lines."""
    hunks: list[Hunk] = []
    at_before = at_after = 0
    for start_before, start_after, length in _equal_runs(before, after):
        if start_before > at_before or start_after > at_after:
            hunks.append(Hunk(at_before, start_before, at_after, start_after))
        at_before, at_after = start_before + length, start_after + length
    if at_before < len(before) or at_after < len(after):
        hunks.append(Hunk(at_before, len(before), at_after, len(after)))
    return hunks


def survivors(before: Sequence[Hashable], after: Sequence[Hashable]) -> dict[int, int]:
    """Where each unchanged item of `before` stands in `after`."""
    return {
        start_before + step: start_after + step
        for start_before, start_after, length in _equal_runs(before, after)
        for step in range(length)
    }


def _equal_runs(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int, int]]:
    """(start before, start after, length) of what is equal, in order, neighbours joined."""
    runs: list[tuple[int, int, int]] = []
    # An explicit stack: a file may need more levels than Python's recursion has.
    work = [(0, len(before), 0, len(after), 0)]
    while work:
        low_b, high_b, low_a, high_a, depth = work.pop()
        head = 0
        while low_b + head < high_b and low_a + head < high_a and before[low_b + head] == after[low_a + head]:
            head += 1
        if head:
            runs.append((low_b, low_a, head))
        low_b, low_a = low_b + head, low_a + head
        tail = 0
        while (
            high_b - tail > low_b
            and high_a - tail > low_a
            and before[high_b - tail - 1] == after[high_a - tail - 1]
        ):
            tail += 1
        if tail:
            runs.append((high_b - tail, high_a - tail, tail))
        high_b, high_a = high_b - tail, high_a - tail
        if low_b < high_b and low_a < high_a and depth < _DEEPEST:
            anchors = _anchors(before, low_b, high_b, after, low_a, high_a)
            if anchors:
                between = _between(anchors, low_b, high_b, low_a, high_a)
                work.extend((*stretch, depth + 1) for stretch in between)
            elif high_b - low_b + high_a - low_a <= _SMALL:
                runs.extend(_small(before, low_b, high_b, after, low_a, high_a))
    return _joined(sorted(runs))


def _between(
    anchors: list[tuple[int, int]], low_b: int, high_b: int, low_a: int, high_a: int
) -> list[tuple[int, int, int, int]]:
    """The stretches between anchors, each with the anchor it begins at; smaller than the whole."""
    cuts = [(low_b, low_a), *anchors, (high_b, high_a)]
    return [(cuts[i][0], cuts[i + 1][0], cuts[i][1], cuts[i + 1][1]) for i in range(len(cuts) - 1)]


def _anchors(
    before: Sequence[Hashable], low_b: int, high_b: int, after: Sequence[Hashable], low_a: int, high_a: int
) -> list[tuple[int, int]]:
    """Items that occur once on both sides, the longest series of them in the same order."""
    once_before = _once(before, low_b, high_b)
    once_after = _once(after, low_a, high_a)
    pairs = sorted((at, once_after[item]) for item, at in once_before.items() if item in once_after)
    # Longest increasing subsequence of the second numbers, by patience sorting.
    tops: list[int] = []
    piles: list[int] = []
    previous: list[int] = []
    for number, (_, at) in enumerate(pairs):
        pile = bisect_left(tops, at)
        if pile == len(tops):
            tops.append(at)
            piles.append(number)
        else:
            tops[pile] = at
            piles[pile] = number
        previous.append(piles[pile - 1] if pile else -1)
    series: list[tuple[int, int]] = []
    number = piles[-1] if piles else -1
    while number >= 0:
        series.append(pairs[number])
        number = previous[number]
    return series[::-1]


def _once(items: Sequence[Hashable], low: int, high: int) -> dict[Hashable, int]:
    first: dict[Hashable, int] = {}
    again: set[Hashable] = set()
    for at in range(low, high):
        item = items[at]
        if item in first:
            again.add(item)
        else:
            first[item] = at
    for item in again:
        del first[item]
    return first


def _small(
    before: Sequence[Hashable], low_b: int, high_b: int, after: Sequence[Hashable], low_a: int, high_a: int
) -> list[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, before[low_b:high_b], after[low_a:high_a], autojunk=False)
    return [(low_b + i, low_a + j, size) for i, j, size in matcher.get_matching_blocks() if size]


def _joined(runs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    joined: list[tuple[int, int, int]] = []
    for start_b, start_a, length in runs:
        if joined:
            last_b, last_a, last = joined[-1]
            if last_b + last == start_b and last_a + last == start_a:
                joined[-1] = (last_b, last_a, last + length)
                continue
        joined.append((start_b, start_a, length))
    return joined

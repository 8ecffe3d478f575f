"""What was changed between two lists of lines, in small pieces: a line for a line, where it is alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_ALIKE = 0.6


class Hunk(NamedTuple):
    """Old lines `left` to `left_end` became new lines `right` to `right_end`; either may be none."""

    left: int
    left_end: int
    right: int
    right_end: int


def line_hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """The hunks in order, those of equal lines left out."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, left, left_end, right, right_end in matcher.get_opcodes():
        if kind == "replace":
            yield from _replaced(old, new, Hunk(left, left_end, right, right_end))
        elif kind != "equal":
            yield Hunk(left, left_end, right, right_end)


def _replaced(old: Sequence[str], new: Sequence[str], whole: Hunk) -> Iterator[Hunk]:
    """Lines that became others: each with the first that is like it, else with the one at its place."""
    left, left_end, right, right_end = whole
    if left_end - left == right_end - right:
        for place in range(left_end - left):
            yield Hunk(left + place, left + place + 1, right + place, right + place + 1)
        return
    for place in range(left, left_end):
        alike = next((at for at in range(right, right_end) if _is_alike(old[place], new[at])), None)
        if alike is None:
            continue
        if left < place or right < alike:
            yield Hunk(left, place, right, alike)
        yield Hunk(place, place + 1, alike, alike + 1)
        left, right = place + 1, alike + 1
    if left < left_end or right < right_end:
        yield Hunk(left, left_end, right, right_end)


def _is_alike(before: str, after: str) -> bool:
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= _ALIKE

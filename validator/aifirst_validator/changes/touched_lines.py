"""The lines after a change that its hunks touch, asked for once a finding, of which there may be many."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from aifirst_validator.changes.line_diff import Hunk


class TouchedLines:
    """The lines, from 1, that hunks in file order left behind.

    Where a hunk only took lines away, what reaches over that place is touched.
    """

    def __init__(self, hunks: Iterable[Hunk]) -> None:
        ranges = [(hunk.after_start + 1, hunk.after_end) for hunk in hunks]
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]

    def meet(self, first: int, last: int) -> bool:
        """Whether one of the lines `first` to `last`, both included, is touched."""
        at = bisect_left(self._lasts, first)
        return at < len(self._firsts) and self._firsts[at] <= last

"""The edges of a whole graph before they are written: as packed numbers, an eighth of what tuples take."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

EdgeRow = tuple[int, int, int, int, int, int]
"""A row of `graph_edge`: (source, kind, target, line, count, way)."""
_AT_ONCE = 4096
"""Rows that are Python's own numbers at a time."""


class EdgeRows:
    """Rows in any order, which come back in the order of the table's key."""

    def __init__(self) -> None:
        self._numbers = array("i")

    def extend(self, rows: Iterable[EdgeRow]) -> None:
        """Add rows."""
        self._numbers.extend(chain.from_iterable(rows))

    def ordered(self) -> Iterator[Sequence[int]]:
        """The rows by source, kind and target."""
        if not self._numbers:
            return
        # NumPy takes longer to import than the edges of a small change take to write.
        import numpy as np

        rows = np.frombuffer(self._numbers, np.intc).reshape(-1, 6)
        order = np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))
        for start in range(0, len(order), _AT_ONCE):
            yield from rows[order[start : start + _AT_ONCE]].tolist()

"""Boosted trees evaluated in NumPy: one score a row of features.

By bit masks (QuickScorer: Lucchese and others, SIGIR 2015). A tree has at most 16 leaves, a bit each. A split that a row
passes on the right takes the bits of its left leaves away; the lowest bit left is the leaf. All splits of a feature are
one table, so a row costs a look-up a feature instead of a walk down every tree. Leaves hold whole numbers: a
score does not depend on the order in which they are added up.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

MOST_LEAVES: Final = 16
_BLOCK: Final = 512
"""Rows that are looked at together, so that their masks stay in the processor's cache."""
_ALL: Final = 0xFFFF


class Trees(msgspec.Struct, frozen=True, dict=True):
    """Trees over named features. A node is (feature, threshold, tree, mask), by feature and threshold; a row goes left
    where its number is not above the threshold. `leaves` are (trees, 16), in steps of `step`.
    """

    features: tuple[str, ...]
    node_features: NDArray[np.uint8]
    thresholds: NDArray[np.float32]
    node_trees: NDArray[np.uint16]
    masks: NDArray[np.uint16]
    leaves: NDArray[np.int16]
    step: float

    @property
    def count(self) -> int:
        """How many trees there are."""
        return len(self.leaves)

    def score(self, columns: dict[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """The sum of the leaves that each row ends in. Columns that no tree asks for are not looked at."""
        rows = len(next(iter(columns.values()))) if columns else 0
        places = [
            (np.searchsorted(thresholds, columns[name], "left"), table)
            for name, thresholds, table in self._tables
        ]
        total, lowest = np.zeros(rows, np.int64), _lowest_bits()
        for start in range(0, rows, _BLOCK):
            end = min(start + _BLOCK, rows)
            left = np.full((end - start, self.count), _ALL, np.uint16)
            for place, table in places:
                left &= table[place[start:end]]
            total[start:end] = self._flat_leaves[lowest[left] + self._first_leaves].sum(axis=1)
        return np.asarray(total * self.step, np.float64)

    @cached_property
    def _tables(self) -> list[tuple[str, NDArray[np.float32], NDArray[np.uint16]]]:
        """For each feature in use its thresholds, and what is left of every tree's leaves where so many are passed."""
        made: list[tuple[str, NDArray[np.float32], NDArray[np.uint16]]] = []
        for feature, name in enumerate(self.features):
            own = np.flatnonzero(self.node_features == feature)
            if len(own):
                different, place = np.unique(self.thresholds[own], return_inverse=True)
                table = np.full((len(different) + 1, self.count), _ALL, np.uint16)
                np.bitwise_and.at(table, (place + 1, self.node_trees[own]), self.masks[own])
                made.append((name, different, np.bitwise_and.accumulate(table, axis=0)))
        return made

    @cached_property
    def _flat_leaves(self) -> NDArray[np.int32]:
        return self.leaves.astype(np.int32).ravel()

    @cached_property
    def _first_leaves(self) -> NDArray[np.int32]:
        return np.arange(self.count, dtype=np.int32) * MOST_LEAVES


@cache
def _lowest_bits() -> NDArray[np.int32]:
    """The number of the lowest bit of every 16 bits; 0 for none."""
    numbers = np.arange(1 << 16, dtype=np.uint32)
    lowest = numbers & (~numbers + np.uint32(1))
    return np.where(numbers == 0, 0, np.log2(np.maximum(lowest, 1))).astype(np.int32)

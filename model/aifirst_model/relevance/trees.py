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
_PAIR: Final = np.dtype("<u2")
"""Two bytes as one number, the first the lower."""


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
        total = np.zeros(rows, np.int64)
        if not rows:
            return np.zeros(0)
        whole, places = self._passed(columns)
        left = np.empty((min(rows, _BLOCK), self._width), np.uint16)
        kept = np.empty_like(left)
        for start in range(0, rows, _BLOCK):
            end = min(start + _BLOCK, rows)
            here, some = left[: end - start], kept[: end - start]
            here[:] = whole
            for place, table in places:
                table.take(place[start:end], axis=0, out=some, mode="clip")  # `raise` would copy the result
                np.bitwise_and(here, some, out=here)
            pairs = _lowest_bits().take(here).view(_PAIR) + self._first_pairs
            np.einsum("ij->i", self._pairs_of_leaves.take(pairs), out=total[start:end])
        return np.asarray(total * self.step, np.float64)

    def _passed(
        self, columns: dict[str, NDArray[np.float32]]
    ) -> tuple[NDArray[np.uint16], list[tuple[NDArray[np.intp], NDArray[np.uint16]]]]:
        """What all rows have left of the trees' leaves, by the columns that are the same for all of them; for each other
        column how many of its thresholds each row passes, with its table.
        """
        whole = np.full(self._width, _ALL, np.uint16)
        places: list[tuple[NDArray[np.intp], NDArray[np.uint16]]] = []
        for name, thresholds, table in self._tables:
            column = columns[name]
            if column[0] == column[-1] and (column == column[0]).all():
                whole &= table[thresholds.searchsorted(column[:1], "left")[0]]
            else:
                places.append((thresholds.searchsorted(column, "left"), table))
        return whole, places

    @cached_property
    def _tables(self) -> list[tuple[str, NDArray[np.float32], NDArray[np.uint16]]]:
        """For each feature in use its thresholds, and what is left of every tree's leaves where so many are passed."""
        made: list[tuple[str, NDArray[np.float32], NDArray[np.uint16]]] = []
        for feature, name in enumerate(self.features):
            own = np.flatnonzero(self.node_features == feature)
            if len(own):
                different, place = np.unique(self.thresholds[own], return_inverse=True)
                table = np.full((len(different) + 1, self._width), _ALL, np.uint16)
                np.bitwise_and.at(table, (place + 1, self.node_trees[own]), self.masks[own])
                made.append((name, different, np.bitwise_and.accumulate(table, axis=0)))
        return made

    @property
    def _width(self) -> int:
        """How many trees there are with the one that makes them pairs: it adds nothing."""
        return self.count + self.count % 2

    @cached_property
    def _pairs_of_leaves(self) -> NDArray[np.int32]:
        """What two neighbouring trees say together, by the pair, the second's leaf and the first's, a byte each."""
        leaves = np.zeros((self._width, MOST_LEAVES), np.int32)
        leaves[: self.count] = self.leaves
        first, second = leaves[0::2, None, :], leaves[1::2, :, None]
        made = np.zeros((self._width // 2, MOST_LEAVES, 1 << 8), np.int32)
        made[:, :, :MOST_LEAVES] = first + second
        return made.ravel()

    @cached_property
    def _first_pairs(self) -> NDArray[np.int32]:
        return np.arange(self._width // 2, dtype=np.int32) * (MOST_LEAVES << 8)


@cache
def _lowest_bits() -> NDArray[np.uint8]:
    """The number of the lowest bit of every 16 bits; 0 for none."""
    numbers = np.arange(1 << 16, dtype=np.uint32)
    lowest = numbers & (~numbers + np.uint32(1))
    return np.where(numbers == 0, 0, np.log2(np.maximum(lowest, 1))).astype(np.uint8)

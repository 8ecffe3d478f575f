"""Which files asked a question, for all of them at once: sorted numbers, and beside them what changed since.

Loading sorts once; a file that is resolved again is then looked up by itself, until the next load.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

_MOST_BESIDE = 256
"""Files kept beside the sorted numbers; more of them are sorted in at the next load."""


class DemandIndex:
    """The demands of all files of one database, for its one writer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT file, demands FROM dep_demand").fetchall()
        numbers = np.frombuffer(b"".join([data for _, data in rows]), "<u8")
        sizes = np.array([len(data) // 8 for _, data in rows], np.int64)
        owners = np.repeat(np.array([file for file, _ in rows], np.int64), sizes)
        order = np.argsort(numbers, kind="stable")
        self._numbers: NDArray[np.uint64] = numbers[order]
        self._owners: NDArray[np.int64] = owners[order]
        self._beside: dict[int, NDArray[np.uint64]] = {}

    @property
    def is_worn(self) -> bool:
        """Whether to load it anew rather than to go on with it."""
        return len(self._beside) > _MOST_BESIDE

    def put(self, file: int, demands: bytes) -> None:
        """Take over the demands of a file that was resolved again; none for one that is gone."""
        self._beside[file] = np.frombuffer(demands, "<u8")

    def asked(self, numbers: Collection[int]) -> set[int]:
        """The files that asked one of the questions."""
        if not numbers:
            return set()
        wanted = np.array(sorted(numbers), np.uint64)
        first = np.searchsorted(self._numbers, wanted, side="left").tolist()
        last = np.searchsorted(self._numbers, wanted, side="right").tolist()
        found: set[int] = set()
        for start, end in zip(first, last, strict=True):
            if start != end:
                found.update(self._owners[start:end].tolist())
        found -= self._beside.keys()
        for file, demands in self._beside.items():
            if np.isin(wanted, demands).any():
                found.add(file)
        return found

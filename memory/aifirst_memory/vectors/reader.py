"""Searching the vectors of a project, held in memory.

Loading is copying arrays; `refresh` takes in only what was written since, and loads anew after a merge.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.quantise import restored
from aifirst_memory.tree.level import units_of
from aifirst_memory.vectors.faiss_index import FlatIndex
from aifirst_memory.vectors.part import UNIT
from aifirst_memory.vectors.segment import Segment, dead_ranges, is_dead, load_segments, merged


class Hits(NamedTuple):
    """What a search found, best first: unit ids, inner products, kinds as in `part`."""

    units: NDArray[np.uint32]
    scores: NDArray[np.float32]
    kinds: NDArray[np.uint8]


class VectorReader:
    """The vectors of one embedder; `load` makes one."""

    def __init__(self, embedder: str, dimension: int) -> None:
        self.embedder = embedder
        self.dimension = dimension
        self._clear()

    def _clear(self) -> None:
        self._numbers: list[int] = []
        self._last_dead = 0
        self._owners = np.zeros(0, np.uint32)
        self._kinds = np.zeros(0, np.uint8)
        self._alive = np.zeros(0, np.bool_)
        self._index = FlatIndex(np.zeros((0, self.dimension), np.float32))

    @classmethod
    def load(cls, connection: sqlite3.Connection, embedder: str, dimension: int) -> VectorReader:
        """The vectors in an index that the embedder of that name made."""
        reader = cls(embedder, dimension)
        reader.refresh(connection)
        return reader

    def __len__(self) -> int:
        return int(np.count_nonzero(self._alive))

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Take in what was written since; call it within `store.snapshot`."""
        query = "SELECT segment FROM vectors_segment WHERE embedder = ? ORDER BY 1"
        numbers = [row[0] for row in connection.execute(query, (self.embedder,))]
        known = len(self._numbers)
        if numbers[:known] != self._numbers:
            self._clear()
            known = 0
        last_dead: int = connection.execute("SELECT coalesce(max(number), 0) FROM vectors_dead").fetchone()[0]
        ranges = dead_ranges(connection, after=self._last_dead)
        if ranges:
            self._alive &= ~is_dead(self._owners, ranges)
        if len(numbers) > known:
            after = self._numbers[-1] if known else 0
            all_ranges = dead_ranges(connection)
            for number, segment in load_segments(connection, after=after):
                if segment.embedder == self.embedder:
                    self._add(merged([segment], all_ranges) if all_ranges else segment)
                    self._numbers.append(number)
        self._last_dead = last_dead

    def _add(self, segment: Segment) -> None:
        self._owners = np.concatenate([self._owners, segment.owners])
        self._kinds = np.concatenate([self._kinds, segment.kinds])
        self._alive = np.concatenate([self._alive, np.ones(len(segment), np.bool_)])
        self._index.add(restored(segment.rows))

    def search(self, vector: NDArray[np.float32], k: int, kinds: Collection[int] | None = None) -> Hits:
        """The up to `k` vectors nearest to one of length 1, of these kinds, of all by default."""
        wanted = self._alive
        if kinds is not None:
            wanted = wanted & np.isin(self._kinds, list(kinds))
        scores, rows = self._index.search(vector, k, wanted)
        return Hits(self._owners[rows], scores, self._kinds[rows])

    def score_units(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The inner product with every unit, by unit id: the best of its vectors; 0 for ids without any."""
        owners, scores = self._owners[self._alive], (self._index.vectors @ vector)[self._alive]
        result = np.zeros(int(owners.max()) + 1 if len(owners) else 0, np.float32)
        units = self._kinds[self._alive] == UNIT
        result[owners[units]] = scores[units]
        np.maximum.at(result, owners[~units], scores[~units])
        return result

    def similar(self, unit_id: int, k: int) -> Hits:
        """The up to `k` units most like one, without itself; nothing where it has no vector."""
        vector = self.unit_vector(unit_id)
        if vector is None:
            return Hits(np.zeros(0, np.uint32), np.zeros(0, np.float32), np.zeros(0, np.uint8))
        hits = self.search(vector, k + 1, (UNIT,))
        others = np.flatnonzero(hits.units != unit_id)[:k]
        return Hits(hits.units[others], hits.scores[others], hits.kinds[others])

    def unit_vector(self, unit_id: int) -> NDArray[np.float32] | None:
        """The vector of a unit as a whole, None where it has none."""
        rows = np.flatnonzero((self._owners == unit_id) & (self._kinds == UNIT) & self._alive)
        return self._index.vectors[rows[0]].copy() if len(rows) else None

    def file_vector(self, connection: sqlite3.Connection, file_id: int) -> NDArray[np.float32] | None:
        """The mean of a file's units, each by the square root of its tokens, at length 1; None without any."""
        placed = connection.execute(
            "SELECT first_unit, units FROM file WHERE file_id = ?", (file_id,)
        ).fetchone()
        if placed is None:
            return None
        first, count = placed
        inside = (self._owners >= first) & (self._owners < first + count)
        rows = np.flatnonzero(inside & (self._kinds == UNIT) & self._alive)
        tokens = np.array([unit.tokens for unit in units_of(connection, file_id)], np.float32)
        weights = np.sqrt(tokens[self._owners[rows] - first])
        mean = weights @ self._index.vectors[rows]
        length = float(np.linalg.norm(mean))
        return mean / length if length else None

"""Searching the vectors of a project, held in memory a byte a component.

Loading is taking over arrays; `refresh` takes in only what was written since, and loads anew after a merge.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.products import products
from aifirst_memory.embedding.quantise import quantised_query, restored, unpacked
from aifirst_memory.tree.level import units_of
from aifirst_memory.vectors.part import UNIT
from aifirst_memory.vectors.segment import Segment, dead_ranges, is_dead, load_segments, merged

if TYPE_CHECKING:
    from aifirst_memory.vectors.faiss_index import ByteIndex
    from aifirst_memory.vectors.scan_index import ScanIndex


class Hits(NamedTuple):
    """What a search found, best first: unit ids, inner products, kinds as in `part`."""

    units: NDArray[np.uint32]
    scores: NDArray[np.float32]
    kinds: NDArray[np.uint8]


class _Placed(NamedTuple):
    """Which rows score which unit, laid out so that a query only gathers."""

    row_of_unit: NDArray[np.intp]
    """By unit id: the row of the whole unit; any where it has none."""
    without: NDArray[np.intp]
    """The ids that have none."""
    other_rows: NDArray[np.intp]
    """Rows of glue and tickets, those of one unit in turn."""
    starts: NDArray[np.intp]
    """Where those of each unit begin."""
    others: NDArray[np.intp]
    """Whose they are, by start."""


def _open_index(dimension: int) -> ByteIndex | ScanIndex:
    try:
        from aifirst_memory.vectors.faiss_index import ByteIndex  # takes a tenth of a second to import
    except ModuleNotFoundError as error:
        if error.name != "faiss":
            raise
        from aifirst_memory.vectors.scan_index import ScanIndex

        return ScanIndex(dimension)
    return ByteIndex(dimension)


def _placed(owners: NDArray[np.uint32], kinds: NDArray[np.uint8], alive: NDArray[np.bool_]) -> _Placed:
    unit_rows = np.flatnonzero(alive & (kinds == UNIT))
    other_rows = np.flatnonzero(alive & (kinds != UNIT))
    size = int(owners[alive].max()) + 1 if alive.any() else 0
    row_of_unit = np.full(size, -1, np.intp)
    row_of_unit[owners[unit_rows]] = unit_rows
    without = np.flatnonzero(row_of_unit < 0)
    row_of_unit[without] = 0
    other_rows = other_rows[np.argsort(owners[other_rows], kind="stable")]
    others, starts = np.unique(owners[other_rows], return_index=True)
    return _Placed(row_of_unit, without, other_rows, starts, others.astype(np.intp))


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
        self._rows = np.zeros((0, self.dimension), np.int8)
        self._index: ByteIndex | ScanIndex | None = None
        self._placed: _Placed | None = None

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
        query = "SELECT segment FROM vectors_segment WHERE embedder = ? AND dimension = ? ORDER BY 1"
        numbers = [row[0] for row in connection.execute(query, (self.embedder, self.dimension))]
        if numbers[: len(self._numbers)] != self._numbers:
            self._clear()
        ranges = dead_ranges(connection)
        fresh = [one for one in ranges if one[0] > self._last_dead]
        if fresh or len(numbers) > len(self._numbers):
            self._placed = None
        if fresh:
            self._alive = self._alive & ~is_dead(self._owners, fresh)
        if len(numbers) > len(self._numbers):
            wanted = set(numbers[len(self._numbers) :])
            loaded = [segment for _, segment in load_segments(connection, only=wanted)]
            self._add([merged([segment], ranges) if ranges else segment for segment in loaded])
            self._numbers = numbers
        self._last_dead = ranges[-1][0] if ranges else 0

    def _add(self, segments: list[Segment]) -> None:
        self._owners = np.concatenate([self._owners, *(segment.owners for segment in segments)])
        self._kinds = np.concatenate([self._kinds, *(segment.kinds for segment in segments)])
        rows = [unpacked(segment.rows, self.dimension) for segment in segments]
        self._rows = np.concatenate([self._rows, *rows])
        added = np.ones(len(self._owners) - len(self._alive), np.bool_)
        self._alive = np.concatenate([self._alive, added])
        if self._index is not None:
            for added_rows in rows:
                self._index.add(added_rows)

    def search(self, vector: NDArray[np.float32], k: int, kinds: Collection[int] | None = None) -> Hits:
        """The up to `k` vectors nearest to one of length 1, of these kinds, of all by default."""
        if self._index is None:
            self._index = _open_index(self.dimension)
            self._index.add(self._rows)
        wanted = self._alive
        if kinds is not None:
            wanted = wanted & np.isin(self._kinds, list(kinds))
        scores, rows = self._index.search(vector, k, wanted)
        return Hits(self._owners[rows], scores, self._kinds[rows])

    def score_units(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The inner product with every unit, by unit id: the best of its vectors; 0 for ids without any."""
        placed = self._place()
        query, factor = quantised_query(vector)
        scores = products(self._rows, query)
        scores *= np.float32(factor)
        result = scores.take(placed.row_of_unit)
        result[placed.without] = 0
        if len(placed.others):
            best = np.maximum.reduceat(scores.take(placed.other_rows), placed.starts)
            result[placed.others] = np.maximum(result.take(placed.others), best)
        return result

    def _place(self) -> _Placed:
        if self._placed is None:
            self._placed = _placed(self._owners, self._kinds, self._alive)
        return self._placed

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
        row_of_unit = self._place().row_of_unit
        if not 0 <= unit_id < len(row_of_unit):
            return None
        row = int(row_of_unit[unit_id])  # any row where the unit has none
        is_its = self._owners[row] == unit_id and self._kinds[row] == UNIT and self._alive[row]
        return restored(self._rows[row : row + 1])[0] if is_its else None

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
        mean = weights @ restored(self._rows[rows])
        length = float(np.linalg.norm(mean))
        return mean / length if length else None

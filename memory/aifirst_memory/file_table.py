"""The files of an index as columns, and which file a unit belongs to, for scores by unit or by file."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray


@dataclass
class FileTable:
    """Files by ascending first unit; a file's *position* is its place in every column.

    `unit_position` has, for every unit id up to the largest, the position of its file, -1 for ids not in use.
    """

    paths: list[str]
    languages: list[str]
    file_ids: NDArray[np.int32]
    first_units: NDArray[np.int32]
    units: NDArray[np.int32]
    tokens: NDArray[np.int32]
    generated: NDArray[np.bool_]
    unit_position: NDArray[np.int32]
    _firsts: list[int] = field(default_factory=list[int])

    @cached_property
    def folders(self) -> NDArray[np.intp]:
        """A number for the folder of every file, equal for files of one folder."""
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(p.rpartition("/")[0], len(numbers)) for p in self.paths], np.intp)

    @cached_property
    def roles(self) -> NDArray[np.int8]:
        """What part every file plays, see `search.file_role`."""
        from aifirst_memory.search.file_role import roles

        return roles(self)

    @cached_property
    def code(self) -> NDArray[np.intp]:
        """The positions of the files that are code."""
        from aifirst_memory.search.file_role import CODE

        return np.flatnonzero(self.roles == CODE)

    @cached_property
    def test_units(self) -> NDArray[np.intp]:
        """The ids of the units of test files."""
        from aifirst_memory.search.file_role import TEST

        return self.unit_ids[np.repeat(self.roles == TEST, self.units)]

    @cached_property
    def by_name(self) -> dict[str, list[int]]:
        """The positions of the files of each name, without folders."""
        found: dict[str, list[int]] = {}
        for position, path in enumerate(self.paths):
            found.setdefault(path.rpartition("/")[2], []).append(position)
        return found

    @cached_property
    def by_path(self) -> dict[str, int]:
        """The position of each file."""
        return {path: position for position, path in enumerate(self.paths)}

    def holding(self, text: str, most: int | None = None) -> list[int]:
        """The positions of the files whose path, with a slash before it, holds a text; of the first `most` of them."""
        whole, starts = self._all_paths
        found: list[int] = []
        at = whole.find(text)
        while at >= 0 and len(found) != most:
            position = bisect_right(starts, at) - 1
            found.append(position)
            at = whole.find(text, starts[position + 1]) if position + 1 < len(starts) else -1
        return found

    @cached_property
    def _all_paths(self) -> tuple[str, list[int]]:
        """All paths in one text, each behind a NUL and a slash, and where each begins there."""
        ends = accumulate((len(path) + 2 for path in self.paths), initial=0)
        return "".join(f"\0/{path}" for path in self.paths), list(ends)[:-1]

    def position_of_unit(self, unit_id: int) -> int | None:
        """The position of the file that a unit belongs to, None for an id not in use."""
        if not self._firsts:
            self._firsts = self.first_units.tolist()
        position = bisect_right(self._firsts, unit_id) - 1
        if position < 0 or unit_id >= self._firsts[position] + int(self.units[position]):
            return None
        return position

    def best_by_file(self, by_unit: NDArray[np.float32]) -> NDArray[np.float32]:
        """The largest score of a unit, for every file; scores by unit id, 0 where an id is beyond them."""
        if not self.paths:
            return np.zeros(0, np.float32)
        return np.maximum.reduceat(self._of_live(by_unit), self._starts)

    def sum_by_file(self, by_unit: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sum of the scores of its units, for every file."""
        if not self.paths:
            return np.zeros(0, np.float32)
        return np.add.reduceat(self._of_live(by_unit), self._starts)

    def _of_live(self, by_unit: NDArray[np.float32]) -> NDArray[np.float32]:
        """The scores of the units that there are; a view where their ids have no gaps."""
        fitted, live = self._fitted(by_unit), self._live
        if len(live) == live[-1] - live[0] + 1:
            return fitted[live[0] : live[-1] + 1]
        return fitted[live]

    def _fitted(self, by_unit: NDArray[np.float32]) -> NDArray[np.float32]:
        size = len(self.unit_position)
        if len(by_unit) >= size:
            return by_unit[:size]
        return np.concatenate([by_unit, np.zeros(size - len(by_unit), by_unit.dtype)])

    def __post_init__(self) -> None:
        self._live = np.flatnonzero(self.unit_position >= 0)
        self.unit_ids = self._live
        self._starts = (
            np.concatenate([[0], np.cumsum(self.units[:-1])]) if self.paths else np.zeros(0, np.intp)
        )


def load_files(connection: sqlite3.Connection) -> FileTable:
    """All files of the index. A file has one unit at least: its module's own code."""
    rows = connection.execute(
        "SELECT path, language, file_id, first_unit, units, tokens, generated FROM file ORDER BY first_unit"
    ).fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * 7
    file_ids, first_units, units, tokens = (np.array(column, np.int32) for column in columns[2:6])
    size = int(first_units[-1] + units[-1]) if rows else 0
    unit_position = np.full(size, -1, np.int32)
    ids = np.repeat(first_units, units) + _within(units)
    unit_position[ids] = np.repeat(np.arange(len(rows), dtype=np.int32), units)
    return FileTable(
        list(columns[0]), list(columns[1]), file_ids, first_units, units, tokens,
        np.array(columns[6], np.bool_), unit_position,
    )  # fmt: skip


def _within(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """0, 1, … up to each count in turn."""
    total = int(counts.sum())
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return np.arange(total) - starts

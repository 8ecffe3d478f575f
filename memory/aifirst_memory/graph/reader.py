"""The whole graph in memory, for spreading relevance from some units to what they depend on and what depends on them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.graph.edges import KINDS, EdgeKind
from aifirst_memory.graph.entity import CONFIDENCE
from aifirst_memory.graph.snapshot import Edges, load_edges, serial_of

WEIGHTS: Mapping[EdgeKind, float] = {
    "calls": 1.0, "imports": 0.3, "uses": 0.5, "inherits": 1.0, "decorates": 0.5, "raises": 0.5, "tests": 1.0,
    "documents": 0.7,
}  # fmt: skip
"""What an edge of each kind carries, besides its confidence."""
_BACK = 0.7
"""What an edge carries against its direction, to what depends on a unit."""
_SPARSE = 8
"""As long as less than one unit in so many is reached, only these are looked at."""


class GraphReader:
    """Edges between units in both directions, as compressed sparse rows: `targets[starts[u]:starts[u + 1]]`.

    `shares` beside `targets` sum to 1 for every unit that has neighbours. Packages are left out.
    """

    def __init__(self, edges: Edges, serial: int) -> None:
        self.serial = serial
        edges = edges[:, edges[1] > 0]
        self.size = int(edges[:2].max(initial=0)) + 1
        weights = np.array([WEIGHTS[kind] for kind in KINDS], np.float32)[edges[2]]
        weights *= np.array(CONFIDENCE, np.float32)[edges[3]]
        rows = np.concatenate((edges[0], edges[1]))
        order = np.argsort(rows, kind="stable")
        self.starts = np.zeros(self.size + 1, np.int64)
        np.cumsum(np.bincount(rows, minlength=self.size), out=self.starts[1:])
        self.targets: NDArray[np.int32] = np.concatenate((edges[1], edges[0]))[order]
        shares = np.concatenate((weights, weights * _BACK))[order]
        totals = np.bincount(rows, np.concatenate((weights, weights * _BACK)), minlength=self.size)
        self._rows: NDArray[np.int32] = rows[order]
        self.shares: NDArray[np.float32] = (shares / totals[self._rows]).astype(np.float32)

    @classmethod
    def load(cls, connection: sqlite3.Connection) -> GraphReader:
        """The graph as it is now."""
        return cls(load_edges(connection), serial_of(connection))

    def refresh(self, connection: sqlite3.Connection) -> GraphReader:
        """This reader, or a new one where the graph has changed since."""
        return self if serial_of(connection) == self.serial else GraphReader.load(connection)

    def spread(
        self, seeds: Mapping[int, float], steps: int = 2, *, restart: float = 0.4
    ) -> NDArray[np.float32]:
        """Relevance by unit id after some steps of personalised PageRank (Haveliwala, 2002) from the seeds.

        At every step a unit hands its relevance to its neighbours by their shares, and a part `restart` of all
        begins again at the seeds, whose weights are scaled to sum to 1. Seeds beyond the graph are left out.
        """
        start = np.zeros(self.size, np.float32)
        for unit, weight in seeds.items():
            if 0 < unit < self.size and weight > 0:
                start[unit] += weight
        total = float(start.sum())
        if not total:
            return start
        start /= total
        now = start
        for _ in range(steps):
            now = (restart * start + (1 - restart) * self._step(now)).astype(np.float32)
        return now

    def _step(self, now: NDArray[np.float32]) -> NDArray[np.float32]:
        active = np.flatnonzero(now)
        if len(active) * _SPARSE > self.size:
            return np.bincount(self.targets, self.shares * now[self._rows], minlength=self.size).astype(
                np.float32
            )
        starts = self.starts[active]
        counts = self.starts[active + 1] - starts
        ends = np.cumsum(counts)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
        carried = self.shares[places] * np.repeat(now[active], counts)
        return np.bincount(self.targets[places], carried, minlength=self.size).astype(np.float32)

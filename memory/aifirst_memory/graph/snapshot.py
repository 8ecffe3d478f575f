"""The whole graph as packed arrays, so that a process reads it in milliseconds.

Beside the rows, which are the truth, lies a snapshot of them, made when a run ends and much has changed since the
last. `graph_delta` lists the files whose edges changed after it, with the units they had when it was made. A
reader takes from the snapshot the edges that touch none of these, and the rest from the rows.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from itertools import chain

import numpy as np
from numpy.typing import NDArray

_ROWS = "SELECT source, target, kind, way FROM graph_edge"

Edges = NDArray[np.int32]
"""Rows (source, target, kind, way) as an array of shape (4, n), sorted by source, kind, target."""


def serial_of(connection: sqlite3.Connection) -> int:
    """A number that grows with every change of the graph."""
    row = connection.execute("SELECT serial FROM graph_serial").fetchone()
    return 0 if row is None else row[0]


def renew(connection: sqlite3.Connection) -> None:
    """Make a new snapshot of the graph as it is."""
    edges = _fetch(connection, _ROWS, ())
    numbers = (np.diff(edges[0], prepend=0), edges[1])
    planes = [row.astype("<i4").view(np.uint8).reshape(-1, 4).T.ravel() for row in numbers]
    packed = np.concatenate([*planes, edges[2].astype(np.uint8), edges[3].astype(np.uint8)])
    connection.execute(
        "INSERT OR REPLACE INTO graph_snapshot VALUES (1, ?, ?)",
        (edges.shape[1], zlib.compress(packed.tobytes(), 1)),
    )
    connection.execute("DELETE FROM graph_delta")


def load_edges(connection: sqlite3.Connection) -> Edges:
    """All edges as they are now."""
    row = connection.execute("SELECT edges, data FROM graph_snapshot").fetchone()
    if row is None:
        return _fetch(connection, _ROWS, ())
    base = _unpack(*row)
    delta: list[tuple[int, int, int]] = connection.execute(
        "SELECT file, first, units FROM graph_delta"
    ).fetchall()
    if not delta:
        return base
    parts = [base[:, ~(_within(base[0], delta) | _within(base[1], delta))]]
    now = connection.execute(
        "SELECT graph_file.file, graph_file.first, graph_file.units FROM graph_delta JOIN graph_file USING (file)"
    ).fetchall()
    for _, first, units in now:
        parts.append(_fetch(connection, _ROWS + " WHERE source BETWEEN ? AND ?", (first, first + units - 1)))
        into = _fetch(connection, _ROWS + " WHERE target BETWEEN ? AND ?", (first, first + units - 1))
        parts.append(into[:, ~_within(into[0], now)])
    edges = np.concatenate(parts, axis=1)
    return edges[:, np.lexsort((edges[1], edges[2], edges[0]))]


def _within(ids: NDArray[np.int32], ranges: Iterable[tuple[int, int, int]]) -> NDArray[np.bool_]:
    """Which ids lie in one of the ranges (file, first, units), which do not overlap."""
    bounds = sorted((first, first + units) for _, first, units in ranges if units)
    if not bounds:
        return np.zeros(len(ids), np.bool_)
    starts, ends = np.array(bounds, np.int64).T
    place = np.searchsorted(starts, ids, side="right") - 1
    return (place >= 0) & (ids < ends[place])


def _fetch(connection: sqlite3.Connection, query: str, parameters: tuple[int, ...]) -> Edges:
    rows = chain.from_iterable(connection.execute(query, parameters))
    return np.ascontiguousarray(np.fromiter(rows, np.int32).reshape(-1, 4).T)


def _unpack(edges: int, data: bytes) -> Edges:
    raw = np.frombuffer(zlib.decompress(data), np.uint8)
    found = np.empty((4, edges), np.int32)
    for row in (0, 1):
        planes = raw[row * 4 * edges : (row + 1) * 4 * edges].reshape(4, edges)
        found[row] = np.ascontiguousarray(planes.T).view("<i4").ravel()
    np.cumsum(found[0], out=found[0])
    found[2] = raw[8 * edges : 9 * edges]
    found[3] = raw[9 * edges :]
    return found

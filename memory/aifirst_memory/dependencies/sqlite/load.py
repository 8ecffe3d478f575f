"""Loads the stored graph into arrays, and gives its nodes from the rows of their files when they are asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import NODE_KINDS, PACKAGE, TAG, TICKET, Node
from aifirst_memory.dependencies.questions import arrays
from aifirst_memory.dependencies.questions.arrays import EdgeColumns, GraphArrays, without_repeats
from aifirst_memory.dependencies.sqlite.tables import EDGE_TYPE, STATIC, unpack_nodes

_PREFIXES = {PACKAGE: arrays.PACKAGE, TAG: arrays.TAG, TICKET: arrays.TICKET}


def load_arrays(connection: sqlite3.Connection, *, code_only: bool = False) -> GraphArrays:
    """The graph as it is stored now; `code_only` leaves out what does not follow from the code alone."""
    files: list[tuple[int, str, bytes, bytes]] = connection.execute(
        "SELECT file, path, nodes, parents FROM dep_file JOIN dep_nodes USING (file) WHERE nodes != ''"
    ).fetchall()
    files.sort(key=lambda row: row[1])
    edges, at = _edges(connection, files, last_part=STATIC if code_only else 3)
    numbers = np.frombuffer(b"".join([row[2] for row in files]), "<i4")
    size = int(connection.execute("SELECT coalesce(max(node), 0) FROM dep_node").fetchone()[0]) + 1
    alive = np.zeros(size, np.int8)
    alive[numbers] = arrays.UNIT
    sizes = np.array([len(row[2]) // 4 for row in files], np.int64)
    firsts = np.cumsum(sizes) - sizes
    alive[numbers[firsts]] = arrays.FILE
    used = np.zeros(size, np.bool_)
    for end in ("source", "target"):
        used[edges[end]] = True
    texts = _texts(connection, alive, used)
    folders = _folders([row[1] for row in files])
    ids = sorted(chain(texts.values(), folders))
    place = {id: position for position, id in enumerate(ids)}
    positions = np.full(size, -1, np.int32)
    positions[list(texts)] = [place[id] for id in texts.values()]
    kinds = np.full(len(ids), arrays.FOLDER, np.int8)
    kinds[positions[list(texts)]] = alive[list(texts)]
    parents = np.full(len(ids), -1, np.int32)
    above = np.frombuffer(b"".join([row[3] for row in files]), "<i4")
    inner = above >= 0
    offsets = np.repeat(firsts, sizes)
    parents[positions[numbers[inner]]] = positions[numbers[(above + offsets)[inner]]]
    for id in chain((row[1] for row in files), folders):
        parents[place[id]] = place.get(_folder_of(id), -1)
    columns = _columns(edges, at, positions, len(ids))
    nodes = StoredNodes(connection, ids, kinds, positions, files, firsts, numbers)
    return GraphArrays(ids, kinds, parents, [row[1] for row in files], columns, nodes)


def _edges(
    connection: sqlite3.Connection, files: Sequence[tuple[int, str, bytes, bytes]], last_part: int
) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """All edges of files that have nodes, file by file, and the places of their files."""
    blobs: dict[int, list[bytes]] = {}
    for file, data in connection.execute(
        "SELECT file, edges FROM dep_edges WHERE part <= ? ORDER BY file, part", (last_part,)
    ):
        blobs.setdefault(file, []).append(data)
    found = [b"".join(blobs.get(row[0], ())) for row in files]
    edges = np.frombuffer(b"".join(found), EDGE_TYPE)
    sizes = np.array([len(data) // 24 for data in found], np.int64)
    return edges, np.repeat(np.arange(len(files), dtype=np.int32), sizes)


def _texts(
    connection: sqlite3.Connection, alive: NDArray[np.int8], used: NDArray[np.bool_]
) -> dict[int, str]:
    """The ids of the nodes that are there: those of files, and what is no file but an edge leads to or from.

    The kinds of the latter are noted in `alive`.
    """
    has, ends = alive.tolist(), used.tolist()
    found: dict[int, str] = {}
    for node, id in connection.execute("SELECT node, id FROM dep_node"):
        if has[node]:
            found[node] = id
        elif ends[node]:
            kind = _PREFIXES.get(f"{id.partition(':')[0]}:")
            if kind is not None:
                alive[node] = kind
                found[node] = id
    return found


def _folders(paths: Iterable[str]) -> list[str]:
    """The ids of all folders above files."""
    found: set[str] = set()
    for path in paths:
        folder = _folder_of(path)
        while folder and folder not in found:
            found.add(folder)
            folder = _folder_of(folder)
    return sorted(found)


def _folder_of(id: str) -> str:
    """The id of the folder that a file or folder lies in; "" at the top."""
    above = id.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else ""


def _columns(
    edges: NDArray[np.void], at: NDArray[np.int32], positions: NDArray[np.int32], nodes: int
) -> EdgeColumns:
    """The edges by position, without those whose ends are gone."""
    source, target = positions[edges["source"]], positions[edges["target"]]
    columns = EdgeColumns(source, target, edges["kind"], at, edges["line"], edges["confidence"])
    stays = (source >= 0) & (target >= 0) & (source != target)
    return without_repeats(columns if stays.all() else columns.take(stays), nodes)


class StoredNodes:
    """Nodes by position. The details of a file's nodes are read when one of them is wanted, and kept."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        ids: list[str],
        kinds: NDArray[np.int8],
        positions: NDArray[np.int32],
        files: Sequence[tuple[int, str, bytes, bytes]],
        firsts: NDArray[np.int64],
        numbers: NDArray[np.int32],
    ) -> None:
        self._connection = connection
        self._ids = ids
        self._kinds = kinds
        self._files = files
        self._firsts = firsts
        places = np.full(len(ids), -1, np.int32)
        places[positions[numbers]] = np.arange(len(numbers), dtype=np.int32)
        self._places = places
        self._positions = positions[numbers]
        self._known: dict[int, tuple[Node, ...]] = {}

    def __call__(self, positions: Sequence[int]) -> list[Node]:
        """The nodes at these positions, in their order."""
        return [self._node(position) for position in positions]

    def _node(self, position: int) -> Node:
        id, kind = self._ids[position], int(self._kinds[position])
        place = int(self._places[position])
        if place < 0:
            return _bare_node(id, kind)
        file = int(np.searchsorted(self._firsts, place, side="right")) - 1
        known = self._known.get(file)
        first = int(self._firsts[file])
        if known is None:
            number, _, nodes, parents = self._files[file]
            row = self._connection.execute(
                "SELECT details FROM dep_nodes WHERE file = ?", (number,)
            ).fetchone()
            places: list[int] = self._positions[first : first + len(nodes) // 4].tolist()
            ids = [self._ids[at] for at in places]
            known = self._known[file] = unpack_nodes(ids, parents, row[0])
        return known[place - first]


def _bare_node(id: str, kind: int) -> Node:
    """The node of what is in no file."""
    if kind == arrays.FOLDER:
        return Node(
            id=id, kind="folder", name=id.rstrip("/").rpartition("/")[2], path=id[:-1], parent=_folder_of(id)
        )
    return Node(id=id, kind=NODE_KINDS[kind], name=id.partition(":")[2])

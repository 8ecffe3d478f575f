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
from aifirst_memory.dependencies.sqlite.tables import EDGE_TYPE, ENTRY_POINTS, HISTORY, STATIC, unpack_nodes
from aifirst_memory.store import read_meta

_PREFIXES = {PACKAGE: arrays.PACKAGE, TAG: arrays.TAG, TICKET: arrays.TICKET}


FileRow = tuple[int, str, bytes, bytes, bytes]
"""Number, path, interned nodes, their parents and their marks."""


def load_arrays(connection: sqlite3.Connection, *, code_only: bool = False) -> GraphArrays:
    """The graph as it is stored now; `code_only` leaves out what does not follow from the code alone."""
    files: list[FileRow] = connection.execute(
        "SELECT file, path, nodes, parents, marks FROM dep_file JOIN dep_nodes USING (file) WHERE length(nodes) > 0"
    ).fetchall()
    files.sort(key=lambda row: row[1])
    paths = [row[1] for row in files]
    edges, at = _edges(connection, files, last_part=STATIC if code_only else HISTORY)
    numbers = np.frombuffer(b"".join([row[2] for row in files]), "<i4")
    sizes = np.array([len(row[2]) // 4 for row in files], np.int64)
    firsts = np.cumsum(sizes) - sizes
    kind_of = _kinds(connection, numbers, numbers[firsts])
    texts = _texts(connection, kind_of, edges)
    folders = _folders(paths)
    ids = sorted(chain(texts.values(), folders))
    place = {id: position for position, id in enumerate(ids)}
    known = list(texts)
    positions = np.full(len(kind_of), -1, np.int32)
    positions[known] = [place[id] for id in texts.values()]
    kinds = np.full(len(ids), arrays.FOLDER, np.int8)
    kinds[positions[known]] = kind_of[known]
    marks = np.zeros(len(ids), np.uint8)
    marks[positions[numbers]] = np.frombuffer(b"".join([row[4] for row in files]), np.uint8)
    parents = np.full(len(ids), -1, np.int32)
    above = np.frombuffer(b"".join([row[3] for row in files]), "<i4")
    inner = above >= 0
    parents[positions[numbers[inner]]] = positions[numbers[(above + np.repeat(firsts, sizes))[inner]]]
    for id in chain(paths, folders):
        parents[place[id]] = place.get(_folder_of(id), -1)
    nodes = StoredNodes(connection, ids, kinds, positions[numbers], files, firsts)
    columns = _columns(edges, at, positions, len(ids))
    started = tuple(read_meta(connection, ENTRY_POINTS).split("\n"))
    found = GraphArrays(
        ids, kinds, parents, paths, columns, nodes, marks, started if started != ("",) else ()
    )
    found.positions = place
    return found


def _kinds(
    connection: sqlite3.Connection, nodes: NDArray[np.int32], files: NDArray[np.int32]
) -> NDArray[np.int8]:
    """The kind of each interned node of a file, 0 for others."""
    (largest,) = connection.execute("SELECT coalesce(max(node), 0) FROM dep_node").fetchone()
    found = np.zeros(int(largest) + 1, np.int8)
    found[nodes] = arrays.UNIT
    found[files] = arrays.FILE
    return found


def _edges(
    connection: sqlite3.Connection, files: Sequence[FileRow], last_part: int
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
    connection: sqlite3.Connection, kind_of: NDArray[np.int8], edges: NDArray[np.void]
) -> dict[int, str]:
    """The ids of the nodes that are there: those of files, and what is no file but an edge leads to or from.

    The kinds of the latter are noted in `kind_of`.
    """
    used = np.zeros(len(kind_of), np.bool_)
    for end in ("source", "target"):
        used[edges[end]] = True
    of_file: list[int] = kind_of.tolist()
    is_end: list[bool] = used.tolist()
    found: dict[int, str] = {}
    for node, id in connection.execute("SELECT node, id FROM dep_node"):
        if of_file[node]:
            found[node] = id
        elif is_end[node]:
            kind = _PREFIXES.get(f"{id.partition(':')[0]}:")
            if kind is not None:
                kind_of[node] = kind
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
        files: Sequence[FileRow],
        firsts: NDArray[np.int64],
    ) -> None:
        self._connection = connection
        self._ids = ids
        self._kinds = kinds
        self._files = files
        self._firsts = firsts
        places = np.full(len(ids), -1, np.int32)
        places[positions] = np.arange(len(positions), dtype=np.int32)
        self._places = places
        self._positions = positions
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
            number, _, nodes, parents, _ = self._files[file]
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

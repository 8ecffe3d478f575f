"""A graph divided by files, for writing: each bucket holds a file's nodes and the edges that start in them.

What is in no file, packages, folders, tags and tickets, shares the bucket without a path. A digest tells whether a
bucket is what it was, wherever its nodes stand in the arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import EDGE_KINDS, Node
from aifirst_memory.dependencies.questions.arrays import GraphArrays

_MIX = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], np.uint64)
_pack = msgspec.msgpack.Encoder().encode


class Buckets:
    """All buckets of a graph, by path."""

    def __init__(self, graph: GraphArrays) -> None:
        self._graph = graph
        owner = graph.files
        self._by_owner = np.argsort(owner, kind="stable")
        sorted_owner = owner[self._by_owner]
        starts = np.flatnonzero(np.diff(sorted_owner, prepend=-2))
        ends = np.append(starts[1:], len(sorted_owner))
        owners: list[int] = sorted_owner[starts].tolist()
        firsts: list[int] = starts.tolist()
        lasts: list[int] = ends.tolist()
        spans = zip(owners, firsts, lasts, strict=True)
        self._spans = {("" if at < 0 else graph.ids[at]): (start, end) for at, start, end in spans}
        self.paths: list[str] = sorted(self._spans)

    def _positions(self, path: str) -> NDArray[np.int64]:
        start, end = self._spans[path]
        return self._by_owner[start:end]

    def ids(self, path: str) -> list[str]:
        """The ids of the nodes of a bucket."""
        return list(self._graph.names(self._positions(path)))

    def nodes(self, path: str) -> Iterator[tuple[str, dict[str, object]]]:
        """The kind and the properties of each node of a bucket."""
        places: list[int] = self._positions(path).tolist()
        marks: list[int] = self._graph.marks[places].tolist()
        for node, mark in zip(self._graph.nodes(places), marks, strict=True):
            yield node.kind, {**msgspec.structs.asdict(node), "bucket": path, "marks": mark}

    def edge_count(self, path: str) -> int:
        """How many edges start in a bucket."""
        starts = self._graph.out_starts
        places = self._positions(path)
        return int((starts[places + 1] - starts[places]).sum())

    def rows(self, paths: Sequence[str]) -> NDArray[np.int64]:
        """The rows of the edges of some buckets, bucket by bucket."""
        if not paths:
            return np.zeros(0, np.int64)
        return self._graph.rows_from(np.concatenate([self._positions(path) for path in paths]))

    def digest(self, path: str) -> str:
        """What tells a bucket from another state of it: two numbers of 64 bits, and how many nodes and edges."""
        start, end = self._spans[path]
        places = self._by_owner[start:end]
        node_sum, edge_sum = self._sums
        nodes = int(np.bitwise_xor.reduce(node_sum[places]))
        edges = int(edge_sum[places].sum(dtype=np.uint64))
        return f"{end - start}.{self.edge_count(path)}.{nodes:016x}{edges:016x}"

    @cached_property
    def _sums(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """For every node a number of what it is, and one of the edges that start in it."""
        graph, edges = self._graph, self._graph.edges
        names = np.array([_number(id.encode()) for id in graph.ids], np.uint64)
        marks: list[int] = graph.marks.tolist()
        nodes = graph.nodes(range(len(graph)))
        content = np.array(
            [_number(_node_bytes(node, mark)) for node, mark in zip(nodes, marks, strict=True)], np.uint64
        )
        paths = np.array([_number(path.encode()) for path in graph.paths] or [0], np.uint64)
        parts = (
            names[edges.source],
            names[edges.target] * _MIX[0],
            paths[edges.paths] * _MIX[1],
            (edges.line.astype(np.uint64) * np.uint64(len(EDGE_KINDS)) + edges.kind.astype(np.uint64))
            * _MIX[2],
            np.ascontiguousarray(edges.confidence).view(np.uint64) * _MIX[3],
        )
        mixed = _scrambled(np.bitwise_xor.reduce([_scrambled(part) for part in parts]))
        sums = np.zeros(len(graph), np.uint64)
        np.add.at(sums, edges.source, mixed)
        return content, sums


def _scrambled(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of a number spread over all of it (the finaliser of SplitMix64; Steele et al., 2014)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX[1]
    values = (values ^ (values >> np.uint64(27))) * _MIX[2]
    return values ^ (values >> np.uint64(31))


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def _node_bytes(node: Node, mark: int) -> bytes:
    return _pack((msgspec.structs.astuple(node), mark))

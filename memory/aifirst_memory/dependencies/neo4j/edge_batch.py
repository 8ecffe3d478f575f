"""Edges of one kind as columns of numbers, with what they are numbers of: each text is sent once a batch."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.dependencies.model import EDGE_KINDS, EdgeKind
from aifirst_memory.dependencies.questions.arrays import GraphArrays


class EdgeBatch(msgspec.Struct, frozen=True):
    """Edges of a kind. `nodes` are positions in the graph, `source` and `target` places in these; `path` in `paths`."""

    kind: EdgeKind
    nodes: list[int]
    source: list[int]
    target: list[int]
    paths: list[str]
    path: list[int]
    line: list[int]
    confidence: list[float]

    def columns(self) -> dict[str, object]:
        """What is sent of it as it is: all but its kind and its nodes."""
        fields = msgspec.structs.asdict(self)
        return {name: fields[name] for name in fields.keys() - {"kind", "nodes"}}


def edge_batches(graph: GraphArrays, chosen: NDArray[np.int64]) -> Iterator[EdgeBatch]:
    """The edges of some rows, kind by kind."""
    edges = graph.edges.take(chosen)
    numbers: list[int] = np.unique(edges.kind).tolist()
    for number in numbers:
        part = edges.take(edges.kind == number)
        nodes, ends = np.unique(np.concatenate([part.source, part.target]), return_inverse=True)
        paths, path = np.unique(part.paths, return_inverse=True)
        yield EdgeBatch(
            EDGE_KINDS[number], nodes.tolist(), ends[: len(part)].tolist(), ends[len(part) :].tolist(),
            [graph.paths[at] for at in paths.tolist()], path.tolist(), part.line.tolist(), part.confidence.tolist(),
        )  # fmt: skip

"""Edges of the kind `tests`: what the units of test files call, use or import of the code that is no test."""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_memory.dependencies.model import path_of
from aifirst_memory.dependencies.resolver import FoundEdge
from aifirst_memory.search.file_role import is_test_path

_KINDS = frozenset({"calls", "uses", "imports"})


def with_tests(edges: Sequence[FoundEdge]) -> list[FoundEdge]:
    """The edges of a file, with one of the kind `tests` for each pair of test and tested unit, as sure as the surest."""
    found: dict[tuple[str, str], FoundEdge] = {}
    for edge in edges:
        if edge.kind not in _KINDS or "::" not in edge.target:
            continue
        if not is_test_path(path_of(edge.source)) or is_test_path(path_of(edge.target)):
            continue
        ends = edge.source, edge.target
        known = found.get(ends)
        if known is None or (-edge.confidence, edge.line) < (-known.confidence, known.line):
            found[ends] = FoundEdge(edge.source, edge.target, "tests", edge.line, edge.confidence)
    return [*edges, *found.values()]

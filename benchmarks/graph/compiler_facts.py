"""Compares the graph's imports and direct calls with the facts that a compiler's oracle printed.

Shared by `compare_go.py` and `compare_java.py`. A fact's positions become units of ours by where they lie, so that
both sides speak of the same nodes. Only files that the compiler saw count, on both sides; a direct call is one that
names what it calls: values that flow and methods that may run instead (confidence under 0.95) are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.dependencies.model import EdgeKind, Graph, path_of, unit_node

DIRECT: Final = 0.95
PRECISION_BAR: Final = 0.97
RECALL_BAR: Final = 0.90
Pair = tuple[str, str]


class Compared(NamedTuple):
    """What both sides say of one kind of edge."""

    name: str
    found: frozenset[Pair]
    true: frozenset[Pair]

    @property
    def precision(self) -> float:
        """The share of ours that is the compiler's."""
        return len(self.found & self.true) / len(self.found) if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the compiler's that is ours."""
        return len(self.found & self.true) / len(self.true) if self.true else 1.0


class Positions:
    """The units of a project's files by where something lies in them."""

    def __init__(self, root: Path, *, wide: bool) -> None:
        self._root = root
        self._wide = wide
        self._read: dict[str, tuple[Reading, bytes]] = {}

    def node(self, path: str, offset: int) -> str:
        """The node at an offset of a file: in bytes, or (`wide`) in UTF-16 units."""
        if path not in self._read:
            self._read[path] = self._reading(path)
        reading, wide = self._read[path]
        at = offset if not self._wide else len(wide[: 2 * offset].decode("utf-16-le", "replace").encode())
        return unit_node(path, reading.units[reading.unit_at(at)].name)

    def _reading(self, path: str) -> tuple[Reading, bytes]:
        source = decode_source(path, (self._root / path).read_bytes())
        language = language_of(path, source.data)
        if language is None:
            raise ValueError(f"{path}: no language")
        wide = source.data.decode().encode("utf-16-le") if self._wide else b""
        return read(source, language, get_counter("o200k_base")), wide


def compare(
    graph: Graph, facts: Iterable[str], positions: Positions, import_targets: Callable[[str], Iterable[str]]
) -> list[Compared]:
    """Imports and calls compared. `import_targets` gives the files that an import fact's target stands for."""
    lines = [line.split("\t") for line in facts]
    seen = frozenset(line[1] for line in lines if line[0] == "file")
    imports = {(line[1], path) for line in lines if line[0] == "import" for path in import_targets(line[2])}
    known = seen | {path for _, path in imports}
    places = [
        (positions.node(at, int(offset)), positions.node(to, int(begin)))
        for at, offset, to, begin in _calls(lines)
    ]
    imported = _pairs(graph, "imports", seen)
    called = _pairs(graph, "calls", seen)
    return [
        Compared("imports", frozenset(pair for pair in imported if pair[1] in known), _unequal(imports)),
        Compared(
            "direct calls", frozenset(pair for pair in called if path_of(pair[1]) in seen), _unequal(places)
        ),
    ]


def _pairs(graph: Graph, kind: EdgeKind, seen: frozenset[str]) -> list[Pair]:
    """The sure edges of a kind that begin in some files."""
    edges = [edge for edge in graph.edges if edge.kind == kind and edge.confidence >= DIRECT]
    return [(edge.source, edge.target) for edge in edges if path_of(edge.source) in seen]


def _calls(lines: Iterable[list[str]]) -> list[list[str]]:
    return [line[1:] for line in lines if line[0] == "call"]


def _unequal(pairs: Iterable[Pair]) -> frozenset[Pair]:
    """Pairs of two: the graph has no edge from a node to itself."""
    return frozenset(pair for pair in pairs if pair[0] != pair[1])


def table(by_project: Mapping[str, list[Compared]]) -> str:
    """A Markdown table, a row for each project and kind."""
    rows = [
        "| project | edges | compiler | ours | both | precision | recall |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for project, compared in by_project.items():
        for one in compared:
            both = len(one.found & one.true)
            counts = f"{len(one.true):,} | {len(one.found):,} | {both:,}"
            rows.append(f"| {project} | {one.name} | {counts} | {one.precision:.4f} | {one.recall:.4f} |")
    return "\n".join(rows)


def differences(compared: list[Compared], most: int) -> str:
    """Some of what only one side has: `+` ours, `-` the compiler's."""
    lines: list[str] = []
    for one in compared:
        for sign, pairs in (("+", one.found - one.true), ("-", one.true - one.found)):
            lines += [f"{sign} {one.name}: {source} -> {target}" for source, target in sorted(pairs)[:most]]
    return "\n".join(lines)


def reached(compared: Iterable[Compared]) -> bool:
    """Whether every kind reaches both bars."""
    return all(one.precision >= PRECISION_BAR and one.recall >= RECALL_BAR for one in compared)

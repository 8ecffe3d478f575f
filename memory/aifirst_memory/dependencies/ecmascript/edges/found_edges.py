"""The edges found so far, the surest and first of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.resolver import FoundEdge

_LEAST = 0.5


@dataclass
class FoundEdges:
    """Collects edges; none leads from a node to itself."""

    _edges: dict[tuple[str, str, EdgeKind], tuple[float, int]] = field(
        default_factory=dict[tuple[str, str, EdgeKind], tuple[float, int]]
    )

    def add(self, source: str, target: str, kind: EdgeKind, line: int, sure: float) -> None:
        """Add an edge, or make one surer."""
        if source == target or sure < _LEAST or not target:
            return
        key = source, target, kind
        known = self._edges.get(key)
        if known is None or (-sure, line) < (-known[0], known[1]):
            self._edges[key] = sure, line

    def has(self, source: str, target: str, kind: EdgeKind) -> bool:
        """Whether there is such an edge."""
        return (source, target, kind) in self._edges

    def listed(self) -> list[FoundEdge]:
        """All edges in order."""
        return [
            FoundEdge(source, target, kind, line, round(sure, 2))
            for (source, target, kind), (sure, line) in sorted(self._edges.items())
        ]

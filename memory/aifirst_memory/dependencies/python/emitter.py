"""Takes the edges that a resolving finds, one of a kind between two nodes, the first place kept."""

from __future__ import annotations

from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.resolver import FoundEdge

Found = dict[tuple[str, str, EdgeKind], FoundEdge]


class Emitter:
    """Edges of one source. `line` is the statement's, `offset` what an expression inside it adds."""

    def __init__(self, found: Found, source: str, line: int) -> None:
        self.found = found
        self.source = source
        self.line = line
        self.offset = 0

    def add(self, target: str, kind: EdgeKind, confidence: float, source: str = "") -> None:
        """Note an edge; the higher confidence wins, the first line stays."""
        origin = source or self.source
        if origin == target:
            return
        key = (origin, target, kind)
        known = self.found.get(key)
        if known is None:
            self.found[key] = FoundEdge(origin, target, kind, self.line + self.offset, confidence)
        elif known.confidence < confidence:
            self.found[key] = FoundEdge(origin, target, kind, known.line, confidence)

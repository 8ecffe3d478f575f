"""Edges: one unit's dependence on another, of one kind.

The source depends on the target: it imports, calls or derives from it, tests or documents it, is decorated by
it. A file is the unit of its own code; a package that the project does not hold has a negative id.
"""

from __future__ import annotations

from typing import Literal

from aifirst_memory.graph.entity import CONFIDENCE

EdgeKind = Literal["imports", "calls", "inherits", "uses", "decorates", "raises", "tests", "documents"]
CALLS, IMPORTS, USES, INHERITS, DECORATES, RAISES, TESTS, DOCUMENTS = range(8)
KINDS: tuple[EdgeKind, ...] = (
    "calls", "imports", "uses", "inherits", "decorates", "raises", "tests", "documents",
)  # fmt: skip
"""By number as stored. `uses` is a name imported; the target of `decorates` is the decorator."""


def confidence_of(way: int) -> float:
    """How sure an edge is, from 0 to 1, by the way it was found."""
    return CONFIDENCE[way]

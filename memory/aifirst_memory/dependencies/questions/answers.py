"""What the questions to the graph are answered with; the same from every store, in the order that each says."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from aifirst_memory.dependencies.model import STATIC_KINDS, Edge, EdgeKind, Graph, NodeKind

Level = Literal["folder", "file", "unit"]
DEPENDENCE_KINDS: Final[tuple[EdgeKind, ...]] = STATIC_KINDS
"""What cycles, layers, paths and hubs are made of, where nobody says otherwise."""
IMPACT_KINDS: Final[tuple[EdgeKind, ...]] = (*STATIC_KINDS, "tests", "documents")
"""What a change spreads along, where nobody says otherwise."""


LIKELY: Final = 0.5
"""From which confidence on a change reaches a node, where nobody says otherwise: more likely than not."""


class Reached(msgspec.Struct, frozen=True, gc=False):
    """A node that callers or callees led to, `distance` (1 or more) edges away, by the edge it was first reached by.

    Of several such edges the surest counts, then the one whose other end comes first by id.
    """

    node: str
    distance: int
    edge: Edge


class Dependent(msgspec.Struct, frozen=True, gc=False):
    """A node that a change may break.

    `distance` is the fewest edges it is away; `confidence` the product of those of the edges on its surest path
    within the depth asked for, and `edge` the first of that path: what the node itself does.
    """

    node: str
    distance: int
    confidence: float
    edge: Edge
    test: bool
    """Whether it is part of a test file."""


class Impact(msgspec.Struct, frozen=True):
    """What depends on some nodes. `seeds` are these with all that lies in them, by id.

    `dependents` hold none of the seeds; ordered by confidence, falling, then by distance, then by id.
    """

    seeds: tuple[str, ...]
    dependents: tuple[Dependent, ...]

    @property
    def tests(self) -> tuple[Dependent, ...]:
        """Those that are part of a test file, in the same order."""
        return tuple(one for one in self.dependents if one.test)


class Link(msgspec.Struct, frozen=True, gc=False):
    """All edges from what one node holds to what another holds: how many, and the surest of them."""

    source: str
    target: str
    count: int
    edge: Edge


class Cycle(msgspec.Struct, frozen=True, gc=False):
    """Nodes that all depend on each other, by id. `links` is how many links lie among them.

    `cut` are links whose end would leave no cycle among the nodes, few and light ones by a greedy choice
    (Eades, Lin and Smyth, 1993), ordered by source and target.
    """

    nodes: tuple[str, ...]
    links: int
    cut: tuple[Link, ...]


class Layers(msgspec.Struct, frozen=True):
    """Nodes by how much lies below them. `layers[0]` depends on nothing, a later one on earlier ones alone.

    Nodes of one cycle share a layer. `violations` are links between folders, a level above what was asked, that go
    against the layers which the folders have once their cycles are cut; ordered by source and target.
    """

    layers: tuple[tuple[str, ...], ...]
    violations: tuple[Link, ...]


class Hub(msgspec.Struct, frozen=True, gc=False):
    """A node that much hangs on: how many nodes depend on it, on how many it depends, and its PageRank (sum 1)."""

    node: str
    incoming: int
    outgoing: int
    rank: float


class Dead(msgspec.Struct, frozen=True, gc=False):
    """A unit that nothing seems to use, why that is believed, and how surely (0 to 1)."""

    node: str
    reason: str
    confidence: float


class View(msgspec.Struct, frozen=True):
    """A part of the graph, or all of it, at a level: below it, units are folded into files or files into folders.

    `counts[i]` says how many edges of the full graph `graph.edges[i]` stands for; its path, line and confidence are
    those of the surest of them. What comes to lie inside one node is gone.
    """

    graph: Graph
    counts: tuple[int, ...]
    level: Level


class Counts(msgspec.Struct, frozen=True):
    """How many nodes and edges there are of each kind that there is any of, in the order of the kinds."""

    nodes: dict[NodeKind, int]
    edges: dict[EdgeKind, int]

"""What can be asked of a stored dependency graph, wherever it is stored.

SQLite and Neo4j answer alike, to the last digit and in the order that each question states. An answer is the state
of one moment. Ids are those of `model`; an unknown id is answered like a node without edges.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from aifirst_memory.dependencies.model import Edge, EdgeKind, Node
from aifirst_memory.dependencies.questions.answers import (
    DEPENDENCE_KINDS,
    IMPACT_KINDS,
    LIKELY,
    Counts,
    Cycle,
    Dead,
    Hub,
    Impact,
    Layers,
    Level,
    Reached,
    View,
)
from aifirst_memory.store import StoreError


class GraphStoreError(StoreError):
    """The graph cannot be kept or read; the message says the next step."""


class NoGraphError(GraphStoreError):
    """There is no dependency graph of this project yet."""


class GraphStore(Protocol):
    """A dependency graph that can be asked. Every question raises `GraphStoreError` where the store is gone."""

    def node(self, id: str) -> Node | None:
        """The node of an id; None where there is none."""
        ...

    def find(self, text: str) -> tuple[Node, ...]:
        """The nodes that a text may mean, by id: one where it is clear, none where it means nothing here.

        An exact id (a folder also without its `/`) is clear. Else the text is the end of an id, from a `/`, `::`,
        `.` or `:` on: `app.py`, `App.run`, `run`, `requests`.
        """
        ...

    def callers(self, id: str, depth: int = 1) -> tuple[Reached, ...]:
        """The units that call a node, or call what calls it, up to a depth; by distance, then by id."""
        ...

    def callees(self, id: str, depth: int = 1) -> tuple[Reached, ...]:
        """The units that a node calls, or that what it calls does, up to a depth; by distance, then by id."""
        ...

    def impact(
        self,
        ids: Collection[str],
        depth: int | None = None,
        kinds: Collection[EdgeKind] = IMPACT_KINDS,
        least: float = LIKELY,
    ) -> Impact:
        """What may break when nodes change: all that depends on them or on what lies in them, directly or not.

        `least` leaves out what is less sure than that along its surest path. What merely imports is a dependent, but
        what imports that in turn is none for it: a path may end in an `imports` edge, not pass through one.
        Who calls what another file handed over to it is no dependent of that.
        """
        ...

    def cycles(
        self, level: Level = "file", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS, least: float = 0.0
    ) -> tuple[Cycle, ...]:
        """What depends on itself through others, the largest first, then by the first node.

        Calls of what another file handed over, or of a method that merely may run, are left out here, and in layers
        and hubs: who calls whatever it is given is not built on that.
        """
        ...

    def layers(
        self, level: Level = "file", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS, least: float = 0.0
    ) -> Layers:
        """The nodes of a level by layers, each by id; packages, tags, tickets and what has no link are left out."""
        ...

    def shortest_path(
        self, source: str, target: str, kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
    ) -> tuple[Edge, ...]:
        """The fewest edges that lead from one node to another; empty where none do, or they are the same.

        A node on it is reached from the first by id of those one step nearer to the source, by the surest edge.
        """
        ...

    def hubs(
        self, k: int = 20, level: Level = "unit", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
    ) -> tuple[Hub, ...]:
        """The `k` nodes of the project with the highest PageRank, ties by id; a link counts once whatever its kinds."""
        ...

    def dead_code(self, entry_points: Sequence[str] = ()) -> tuple[Dead, ...]:
        """Units that nothing refers to and that nobody starts from outside, by confidence, falling, then by id.

        `entry_points` are patterns (`fnmatch`) of ids that something outside calls: what a framework finds by name.
        """
        ...

    def subgraph(
        self,
        around: Collection[str],
        depth: int = 1,
        kinds: Collection[EdgeKind] | None = None,
        level: Level = "unit",
    ) -> View:
        """The nodes up to so many edges away, in both directions, and all edges of the kinds among them; None: all.

        Folding to the level comes first: distance is counted there. Ids that lie below it mean what holds them.
        """
        ...

    def whole(self, level: Level = "unit") -> View:
        """All of the graph at a level; nodes and edges in the order of `Graph`."""
        ...

    def counts(self, below: str = "", least: float = 0.0) -> Counts:
        """How many nodes and edges there are, of a folder or file those in it alone, edges from a confidence on."""
        ...

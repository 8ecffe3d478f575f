"""The graph in Neo4j, open for questions.

What concerns some nodes is asked of the server edge by edge, round by round, and answered from what it sent; what
concerns all of them from the whole graph, fetched once and kept as long as nobody writes. Both ways end in the same
functions that answer from SQLite, so both stores agree to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from aifirst_memory.dependencies.model import EDGE_KINDS, Edge, EdgeKind, Node
from aifirst_memory.dependencies.neo4j import statements
from aifirst_memory.dependencies.neo4j.address import Neo4jAddress
from aifirst_memory.dependencies.neo4j.change_spread import ChangeSpread
from aifirst_memory.dependencies.neo4j.connection import connected
from aifirst_memory.dependencies.neo4j.failures import told_errors
from aifirst_memory.dependencies.neo4j.partial import FetchedEdges, arrays_of_edges, arrays_of_graph, node_of
from aifirst_memory.dependencies.questions import structure
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
from aifirst_memory.dependencies.questions.arrays import GraphArrays
from aifirst_memory.dependencies.questions.counts import counts
from aifirst_memory.dependencies.questions.dead_code import dead_code
from aifirst_memory.dependencies.questions.find import ends_like, exact_ids
from aifirst_memory.dependencies.questions.fold import whole
from aifirst_memory.dependencies.questions.impact import impact
from aifirst_memory.dependencies.questions.subgraph import subgraph
from aifirst_memory.dependencies.questions.walk import reach, shortest_path
from aifirst_memory.dependencies.store import GraphStoreError, NoGraphError

if TYPE_CHECKING:
    from neo4j import ManagedTransaction


class Neo4jGraph:
    """A `GraphStore` on one project's graph in Neo4j; close it, or use it in a `with` statement. Not for two threads."""

    def __init__(self, address: Neo4jAddress, project: str) -> None:
        """Connect. Raises `NoGraphError` where the project is not there, `GraphStoreError` with the next step."""
        self._address = address
        self._project = project
        self._connection = connected(address)
        self._session = self._connection.__enter__()
        self._known: tuple[int, GraphArrays] | None = None
        try:
            self._ask(self._revision)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.__exit__(None, None, None)

    def _ask(self, question: Callable[[_Asking], Any]) -> Any:
        """Answer from one transaction of the server, tried again where the server says that this may help."""
        with told_errors(self._address):
            return self._session.execute_read(
                lambda transaction: question(_Asking(transaction, self._project))
            )

    def _revision(self, asking: _Asking) -> tuple[int, list[str]]:
        rows = asking.rows(statements.PROJECT)
        if not rows:
            raise NoGraphError("Neo4j has no graph of this project: run `aifirst index --graph URL`")
        if not rows[0]["whole"]:
            raise GraphStoreError(
                "the graph in Neo4j is not whole, a run was interrupted: run `aifirst index --graph URL` again"
            )
        return rows[0]["revision"], rows[0]["entry_points"]

    def _whole(self, asking: _Asking) -> GraphArrays:
        revision, entry_points = self._revision(asking)
        if self._known is None or self._known[0] != revision:
            edges = FetchedEdges()
            for record in asking.rows(statements.ALL_EDGES):
                edges.add(record)
            nodes = [record["node"] for record in asking.rows(statements.ALL_NODES)]
            self._known = revision, arrays_of_graph(nodes, edges, entry_points)
        return self._known[1]

    def node(self, id: str) -> Node | None:
        """See `GraphStore`."""
        rows = self._ask(lambda asking: asking.rows(statements.NODE, id=id))
        return node_of(rows[0]["node"]) if rows else None

    def find(self, text: str) -> tuple[Node, ...]:
        """See `GraphStore`."""
        return self._ask(lambda asking: _found(asking, text))

    def callers(self, id: str, depth: int = 1) -> tuple[Reached, ...]:
        """See `GraphStore`."""
        return self._reach(id, depth, callers=True)

    def callees(self, id: str, depth: int = 1) -> tuple[Reached, ...]:
        """See `GraphStore`."""
        return self._reach(id, depth, callers=False)

    def _reach(self, id: str, depth: int, *, callers: bool) -> tuple[Reached, ...]:
        statement = statements.EDGES_INTO if callers else statements.EDGES_FROM
        edges = self._ask(lambda asking: asking.spread(statement, id, ("calls",), depth))
        return reach(arrays_of_edges(edges, [id]), id, depth, callers=callers)

    def impact(
        self,
        ids: Collection[str],
        depth: int | None = None,
        kinds: Collection[EdgeKind] = IMPACT_KINDS,
        least: float = LIKELY,
    ) -> Impact:
        """See `GraphStore`."""

        def ask(asking: _Asking) -> Impact:
            seeds, parents = asking.with_content(ids)
            edges = asking.spread_change(seeds, kinds, depth, least)
            graph = arrays_of_edges(edges, seeds, parents)
            return impact(graph, ids, depth, kinds, least)

        return self._ask(ask)

    def shortest_path(
        self, source: str, target: str, kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
    ) -> tuple[Edge, ...]:
        """See `GraphStore`."""
        if source == target:
            return ()
        edges = self._ask(lambda asking: asking.spread(statements.EDGES_FROM, source, kinds, until=target))
        return shortest_path(arrays_of_edges(edges, [source]), source, target, kinds)

    def cycles(
        self, level: Level = "file", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS, least: float = 0.0
    ) -> tuple[Cycle, ...]:
        """See `GraphStore`."""
        return structure.cycles(self._ask(self._whole), level, kinds, least)

    def layers(
        self, level: Level = "file", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS, least: float = 0.0
    ) -> Layers:
        """See `GraphStore`."""
        return structure.layers(self._ask(self._whole), level, kinds, least)

    def hubs(
        self, k: int = 20, level: Level = "unit", kinds: Collection[EdgeKind] = DEPENDENCE_KINDS
    ) -> tuple[Hub, ...]:
        """See `GraphStore`."""
        return structure.hubs(self._ask(self._whole), k, level, kinds)

    def dead_code(self, entry_points: Sequence[str] = ()) -> tuple[Dead, ...]:
        """See `GraphStore`."""
        return dead_code(self._ask(self._whole), entry_points)

    def subgraph(
        self,
        around: Collection[str],
        depth: int = 1,
        kinds: Collection[EdgeKind] | None = None,
        level: Level = "unit",
    ) -> View:
        """See `GraphStore`."""
        return subgraph(self._ask(self._whole), around, depth, kinds, level)

    def whole(self, level: Level = "unit") -> View:
        """See `GraphStore`."""
        return whole(self._ask(self._whole), level)

    def counts(self, below: str = "", least: float = 0.0) -> Counts:
        """See `GraphStore`."""
        return counts(self._ask(self._whole), below, least)


class _Asking:
    """Questions to the server inside one transaction."""

    def __init__(self, transaction: ManagedTransaction, project: str) -> None:
        self._transaction = transaction
        self._project = project

    def rows(self, statement: str, **parameters: object) -> list[Any]:
        """All records of an answer."""
        return list(self._transaction.run(statement, project=self._project, **parameters))  # pyright: ignore[reportArgumentType]  one of the fixed statements

    def with_content(self, ids: Collection[str]) -> tuple[list[str], dict[str, str]]:
        """Those of the ids that are there with all that lies in them, and what lies directly in what."""
        first = [row["id"] for row in self.rows(statements.EXISTING, ids=sorted(set(ids)))]
        parents: dict[str, str] = {}
        frontier = first
        while frontier:
            found = {row["id"]: row["parent"] for row in self.rows(statements.CHILDREN, ids=frontier)}
            parents |= found
            frontier = list(found)
        return sorted({*first, *parents}), parents

    def spread(
        self, statement: str, id: str, kinds: Collection[EdgeKind], depth: int | None = None, until: str = ""
    ) -> FetchedEdges:
        """The edges into or from a node, then those into or from what these lead to, up to a depth or to a node."""
        edges = FetchedEdges()
        seen, frontier, step = {id}, [id], 0
        while frontier and until not in seen and (depth is None or step < depth):
            step += 1
            record = self._round(statement, frontier, kinds, 0.0)
            edges.add(record)
            ends = record["source" if statement == statements.EDGES_INTO else "target"]
            frontier = sorted(set(ends) - seen)
            seen.update(frontier)
        return edges

    def spread_change(
        self, ids: Iterable[str], kinds: Collection[EdgeKind], depth: int | None, least: float
    ) -> FetchedEdges:
        """The edges that a change of nodes spreads along, round by round, where it is sure enough to go on."""
        edges, spread = FetchedEdges(), ChangeSpread(ids, least)
        frontier, step = spread.frontier(), 0
        while frontier and (depth is None or step < depth):
            step += 1
            record = self._round(statements.EDGES_INTO, frontier, kinds, least)
            edges.add(record)
            spread.add(record)
            frontier = spread.frontier()
        return edges

    def _round(self, statement: str, ids: Sequence[str], kinds: Collection[EdgeKind], least: float) -> Any:
        types = [statements.TYPES[kind] for kind in EDGE_KINDS if kind in kinds]
        (record,) = self.rows(statement, ids=ids, types=types, least=least)
        return record


def _found(asking: _Asking, text: str) -> tuple[Node, ...]:
    there = {row["id"] for row in asking.rows(statements.EXISTING, ids=list(exact_ids(text)))}
    exact = next((id for id in exact_ids(text) if id in there), None)
    if exact is not None:
        return tuple(node_of(row["node"]) for row in asking.rows(statements.NODE, id=exact))
    wanted = text.rstrip("/")
    rows = asking.rows(statements.ENDING, text=wanted) if wanted else []
    nodes = [node_of(row["node"]) for row in rows if ends_like(row["node"]["id"], wanted)]
    return tuple(sorted(nodes, key=lambda node: node.id))

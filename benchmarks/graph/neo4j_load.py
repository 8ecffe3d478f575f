"""How fast a synthetic graph of a million edges gets into a real Neo4j, and how fast its impact of depth 4 is told.

The baseline, in the same run and the same database: the driver alone with plain UNWIND and CREATE, an index on the
nodes and nothing that makes a second run safe. The bars are 20,000 edges a second and 50 ms (p95, warm).

Run: python benchmarks/graph/neo4j_load.py [--edges 1000000] [--nodes 200000]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from aifirst_memory.dependencies.neo4j.connection import connected
from aifirst_memory.dependencies.neo4j.graph_store import Neo4jGraph
from aifirst_memory.dependencies.neo4j.mirror import mirror
from aifirst_memory.dependencies.questions.arrays import GraphArrays

sys.path.append(str(Path(__file__).parents[2] / "tests" / "dependencies"))
_samples: Any = import_module("dependency_samples")  # beside the tests that share it, as is the server
_servers: Any = import_module("neo4j_server_process")


_BATCH = 20_000


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--nodes", type=int, default=200_000)
    arguments = parser.parse_args()
    graph: GraphArrays = _samples.edges_of(arguments.nodes, arguments.edges)
    with (
        tempfile.TemporaryDirectory() as name,
        _servers.Neo4jServer(Path(name) / "home", lives=3000, options=_servers.DEFAULT) as server,
    ):
        print(
            "| what | wall s | edges a second | CPU s of the client | of the server |\n|---|---|---|---|---|"
        )
        for what, work in {
            "plain UNWIND and CREATE, nodes and edges": lambda: _plain(graph, server),
            "mirror: nodes, edges, marks": lambda: mirror(graph, server.address, "bench"),
            "mirror again, nothing changed": lambda: mirror(graph, server.address, "bench"),
        }.items():
            _timed(what, len(graph.edges), server, work)
        _remove_plain(server)
        _impact(graph, server)


def _timed(what: str, edges: int, server: Any, work: Callable[[], object]) -> None:
    wall, own, theirs = time.perf_counter(), time.process_time(), server.cpu_seconds()
    work()
    wall, own, theirs = time.perf_counter() - wall, time.process_time() - own, server.cpu_seconds() - theirs
    print(f"| {what} | {wall:.1f} | {edges / wall:,.0f} | {own:.1f} | {theirs:.1f} |", flush=True)


def _plain(graph: GraphArrays, server: Any) -> None:
    with connected(server.address) as session:
        session.run("CREATE CONSTRAINT plain IF NOT EXISTS FOR (n:Plain) REQUIRE n.id IS UNIQUE").consume()
        for start in range(0, len(graph), _BATCH):
            ids = graph.ids[start : start + _BATCH]
            session.execute_write(_run, "UNWIND $rows AS row CREATE (:Plain {id: row})", ids)
        for start in range(0, len(graph.edges), _BATCH):
            edges = graph.edge_list(np.arange(start, min(start + _BATCH, len(graph.edges))))
            rows = [(edge.source, edge.target, edge.path, edge.line, edge.confidence) for edge in edges]
            session.execute_write(
                _run,
                "UNWIND $rows AS row MATCH (s:Plain {id: row[0]}) MATCH (t:Plain {id: row[1]})"
                " CREATE (s)-[:CALLS {path: row[2], line: row[3], confidence: row[4]}]->(t)",
                rows,
            )


def _remove_plain(server: Any) -> None:
    with connected(server.address) as session:
        session.run("MATCH (n:Plain) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def _run(transaction: Any, statement: str, rows: object) -> None:
    transaction.run(statement, rows=rows).consume()


def _impact(graph: GraphArrays, server: Any) -> None:
    chosen = random.Random(2).sample([id for id in graph.ids if "::" in id], 300)  # noqa: S311  which nodes, not a secret
    with Neo4jGraph(server.address, "bench") as store:
        times: list[float] = []
        sizes: list[int] = []
        for id in [*chosen[:100], *chosen]:
            started = time.perf_counter()
            answer = store.impact([id], 4)
            times.append((time.perf_counter() - started) * 1000)
            sizes.append(len(answer.dependents))
        times, sizes = sorted(times[100:]), sorted(sizes[100:])
        print(
            f"| impact of depth 4, warm: p50 · p95 · most, ms | {times[150]:.1f} · {times[285]:.1f} · {times[-1]:.1f} | |"
        )
        print(f"| dependents: p50 · p95 · most | {sizes[150]} · {sizes[285]} · {sizes[-1]} | |")


if __name__ == "__main__":
    main()

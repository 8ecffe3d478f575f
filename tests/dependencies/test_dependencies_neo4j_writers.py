"""Several writers of one project in Neo4j, some of which die: the mirror ends as what the last one had to write."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from aifirst_memory.dependencies.neo4j import mirror as mirror_module
from aifirst_memory.dependencies.neo4j import statements
from aifirst_memory.dependencies.neo4j.address import PASSWORD_VARIABLE
from aifirst_memory.dependencies.neo4j.connection import connected
from aifirst_memory.dependencies.neo4j.graph_store import Neo4jGraph
from aifirst_memory.dependencies.neo4j.mirror import mirror, open_mirror, remove_project
from aifirst_memory.dependencies.questions.arrays import GraphArrays
from aifirst_memory.dependencies.questions.fold import whole
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.dependencies.store import GraphStoreError
from dependency_project import make_files
from dependency_samples import edges_of
from neo4j_server_process import PROGRAM, Neo4jServer

_HALTING = """
import sys, time
from aifirst_memory.dependencies.neo4j.address import neo4j_address
from aifirst_memory.dependencies.neo4j.mirror import mirror
from dependency_samples import edges_of
def halt(done, todo):
    print(done, flush=True)
    time.sleep(3600)
mirror(edges_of(4_000, 30_000), neo4j_address(sys.argv[1]), sys.argv[2], "", halt)
"""


def _counted(server: Neo4jServer, project: str) -> tuple[int, int]:
    """How many nodes and edges there really are."""
    statement = (
        "MATCH (n:AifirstNode {project: $project}) OPTIONAL MATCH (n)-[e]->()"
        " RETURN count(DISTINCT n) AS nodes, count(e) AS edges"
    )
    with connected(server.address) as session:
        row = session.run(statement, project=project).single(strict=True)
    return row["nodes"], row["edges"]


def _assert_equal(server: Neo4jServer, project: str, graph: GraphArrays) -> None:
    assert _counted(server, project) == (len(graph), len(graph.edges))
    with Neo4jGraph(server.address, project) as theirs:
        assert theirs.whole() == whole(graph, "unit")


def test_two_writers_at_once_end_with_what_one_of_them_wrote(server: Neo4jServer) -> None:
    graphs = [edges_of(400, 3_000, seed) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            writes = [pool.submit(mirror, graph, server.address, "both") for graph in graphs]
            assert {write.result().of_files for write in writes} == {7}
            with Neo4jGraph(server.address, "both") as theirs:
                last = next(graph for graph in graphs if whole(graph, "unit") == theirs.whole())
            _assert_equal(server, "both", last)


def test_writers_that_are_the_first_at_once_make_the_schema_without_an_error(server: Neo4jServer) -> None:
    graph = edges_of(100, 500)
    projects = ["one", "one", "two"]
    for _ in range(3):
        with connected(server.address) as session:
            for statement in statements.SCHEMA[:-1]:
                _, kind, name, *_ = statement.split()
                session.run(f"DROP {kind} {name} IF EXISTS").consume()
        with ThreadPoolExecutor(3) as pool:
            for write in [pool.submit(mirror, graph, server.address, project) for project in projects]:
                write.result()
    for project in projects:
        _assert_equal(server, project, graph)


def test_commands_that_run_at_once_leave_the_graph_of_the_last_state(
    tmp_path: Path, server: Neo4jServer
) -> None:
    root = _project(tmp_path / "project")
    environment = {
        **os.environ, PASSWORD_VARIABLE: server.address.password, "AIFIRST_GRAPH_PROJECT": "commands"
    }  # fmt: skip
    for change in range(2):
        runs: list[subprocess.Popen[str]] = []
        for number in range(2):
            make_files(
                root, {f"late{number}.py": f"from m{change} import f{number}\n\ndef g():\n    f{number}()\n"}
            )
            command = [PROGRAM, "index", "--graph", server.url]
            runs.append(
                subprocess.Popen(
                    command,
                    cwd=root,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
        for run in runs:
            out, err = run.communicate(timeout=300)
            assert run.returncode == 0, err
            assert "Neo4j: " in out
            assert set(err.splitlines()) <= {
                "Waiting for another run, which writes this project's graph into Neo4j.",
                *(f"Waiting for process {other.pid}, which is writing the index." for other in runs),
            }
        with SqliteGraph(root) as ours, ours.arrays() as graph:
            _assert_equal(server, "commands", graph)


def _project(root: Path) -> Path:
    (root / ".git").mkdir(parents=True)
    calls = "".join(f"def f{at}():\n    m{{}}.f{at}()\n\n" for at in range(40))
    files = {f"m{at}.py": f"import m{at + 1}\n\n" + calls.replace("{}", str(at + 1)) for at in range(20)}
    return make_files(root, files | {"m20.py": calls.replace("m{}.", "")})


def test_a_writer_that_is_killed_lets_the_one_who_waits_go_on(server: Neo4jServer) -> None:
    graph = edges_of(4_000, 30_000, seed=2)
    environment = {
        **os.environ, PASSWORD_VARIABLE: server.address.password, "PYTHONPATH": str(Path(__file__).parent)
    }  # fmt: skip
    command = [sys.executable, "-c", _HALTING, server.url, "halted"]
    with (
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as halted,
        ThreadPoolExecutor(1) as pool,
    ):
        try:
            assert halted.stdout is not None
            assert 0 < int(halted.stdout.readline()) < len(graph.edges)
            is_told = Event()

            def write() -> int:
                with open_mirror(server.address, "halted", "", is_told.set) as write:
                    return write(graph, None).removed

            waits = pool.submit(write)
            assert is_told.wait(300)
            assert not waits.done()
        finally:
            halted.kill()
        waits.result(300)
    _assert_equal(server, "halted", graph)


def test_a_writer_that_lost_its_turn_writes_nothing_more(server: Neo4jServer) -> None:
    first, second = edges_of(4_000, 30_000), edges_of(400, 3_000)

    def lose_turn(done: int, todo: int) -> None:
        if done == todo:
            return
        with connected(server.address) as session:
            held = (
                "SHOW TRANSACTIONS YIELD transactionId, currentQueryId RETURN collect(transactionId) AS ids"
            )
            for id in session.run(held).single(strict=True)["ids"]:
                session.run("TERMINATE TRANSACTION $id", id=id).consume()
        mirror(second, server.address, "lost")

    with pytest.raises(GraphStoreError, match="another run writes this project's graph"):
        mirror(first, server.address, "lost", "", lose_turn)
    _assert_equal(server, "lost", second)


def test_nodes_that_another_program_took_away_are_written_again(server: Neo4jServer) -> None:
    graph = edges_of(400, 3_000)
    mirror(graph, server.address, "robbed")
    source, target = graph.ids[int(graph.edges.source[0])], graph.ids[int(graph.edges.target[0])]
    with connected(server.address) as session:
        robbed = "MATCH (n:AifirstNode {project: 'robbed', id: $id}) DETACH DELETE n"
        session.run(robbed, id=target).consume()
        unmark = "MATCH (m:AifirstMark {project: 'robbed', bucket: $bucket}) DELETE m"
        session.run(unmark, bucket=source.partition("::")[0]).consume()
    mirror(graph, server.address, "robbed")
    _assert_equal(server, "robbed", graph)


def test_a_file_with_more_edges_than_a_batch_is_written_in_parts_and_marked_with_the_last(
    server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror_module, "_BATCH_EDGES", 100)
    graph = edges_of(51, 1_000)

    def stop(done: int, todo: int) -> None:
        if done == 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror(graph, server.address, "parts", "", stop)
    assert _counted(server, "parts") == (len(graph), 500)
    assert mirror(graph, server.address, "parts").edges == len(graph.edges)
    _assert_equal(server, "parts", graph)
    remove_project(server.address, "parts")
    assert _counted(server, "parts") == (0, 0)

"""The mirror in a real Neo4j: it answers as SQLite does, follows changes, and survives whatever ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aifirst_memory.dependencies.neo4j import connection as connection_module
from aifirst_memory.dependencies.neo4j import mirror as mirror_module
from aifirst_memory.dependencies.neo4j.address import Neo4jAddress
from aifirst_memory.dependencies.neo4j.connection import connected
from aifirst_memory.dependencies.neo4j.graph_store import Neo4jGraph
from aifirst_memory.dependencies.neo4j.mirror import MirrorReport, mirror, remove_project
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.dependencies.store import GraphStore, GraphStoreError, NoGraphError
from dependency_project import make_files, refresh
from dependency_samples import PROJECTS, edges_of
from neo4j_server_process import Neo4jServer
from toy_language import toy_language


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    with toy_language():
        yield


def _mirrored(root: Path, address: Neo4jAddress, project: str) -> MirrorReport:
    with SqliteGraph(root) as graph, graph.arrays() as arrays:
        return mirror(arrays, address, project, root.name)


def _questions(store: GraphStore, ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Everything that can be asked, about every node."""
    for id in ids:
        yield f"node {id}", store.node(id)
        yield f"callers {id}", (store.callers(id), store.callers(id, 3))
        yield f"callees {id}", (store.callees(id), store.callees(id, 3))
        yield (
            f"impact {id}",
            (store.impact([id]), store.impact([id], 2), store.impact([id], None, ("calls",), 0.5)),
        )
        yield f"path {id}", (store.shortest_path(id, ids[0]), store.shortest_path(ids[-1], id))
        yield f"around {id}", store.subgraph([id], 1)
    for text in ("f", "a.py", "pkg", "nothing", "K.m", "a.py::f", "pkg/", "os", ""):
        yield f"find {text}", store.find(text)
    for level in ("folder", "file", "unit"):
        yield f"whole {level}", store.whole(level)
        yield f"cycles {level}", store.cycles(level)
        yield f"layers {level}", store.layers(level)
        yield f"hubs {level}", store.hubs(5, level)
        yield f"around {level}", store.subgraph([ids[0]], 2, ("calls", "imports"), level)
    yield "impact of several", store.impact([ids[0], ids[-1], "no such id"], 4)
    yield "dead code", (store.dead_code(), store.dead_code(["*::f"]))


@pytest.mark.parametrize("name", sorted(PROJECTS))
def test_both_stores_answer_every_question_alike(name: str, tmp_path: Path, server: Neo4jServer) -> None:
    root = make_files(tmp_path / name, PROJECTS[name])
    refresh(root)
    _mirrored(root, server.address, name)
    with SqliteGraph(root) as ours, Neo4jGraph(server.address, name) as theirs:
        ids = [node.id for node in ours.whole().graph.nodes]
        for (question, here), (_, there) in zip(_questions(ours, ids), _questions(theirs, ids), strict=True):
            assert here == there, question


def test_a_change_rewrites_the_files_that_it_concerns_and_no_others(
    tmp_path: Path, server: Neo4jServer
) -> None:
    root = make_files(tmp_path, PROJECTS["chain"])
    refresh(root)
    first = _mirrored(root, server.address, "change")
    assert first.files == first.of_files
    assert (
        _mirrored(root, server.address, "change").files,
        _mirrored(root, server.address, "change").edges,
    ) == (0, 0)
    make_files(root, {"a.py": "from b import g\n\ndef f():\n    g()\n\ndef added():\n    f()\n"})
    (root / "d.py").unlink()
    refresh(root)
    report = _mirrored(root, server.address, "change")
    assert (report.files, report.removed) == (
        3,
        1,
    )  # a.py, c.py that called what was in d.py, and the packages
    with SqliteGraph(root) as ours, Neo4jGraph(server.address, "change") as theirs:
        assert theirs.whole() == ours.whole()


def test_two_projects_in_one_database_never_mix(tmp_path: Path, server: Neo4jServer) -> None:
    roots = {name: make_files(tmp_path / name, PROJECTS[name]) for name in ("chain", "cyclic")}
    for name, root in roots.items():
        refresh(root)
        _mirrored(root, server.address, f"mix-{name}")
    for name, root in roots.items():
        with SqliteGraph(root) as ours, Neo4jGraph(server.address, f"mix-{name}") as theirs:
            assert theirs.whole() == ours.whole()
            assert theirs.impact(["a.py"]) == ours.impact(["a.py"])
    remove_project(server.address, "mix-chain")
    with pytest.raises(NoGraphError):
        Neo4jGraph(server.address, "mix-chain")
    with SqliteGraph(roots["cyclic"]) as ours, Neo4jGraph(server.address, "mix-cyclic") as theirs:
        assert theirs.whole() == ours.whole()


def test_a_run_that_dies_between_two_batches_is_made_good_by_the_next(
    tmp_path: Path, server: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror_module, "_BATCH_EDGES", 2)
    root = make_files(tmp_path, PROJECTS["cyclic"])
    refresh(root)

    def stop(done: int, todo: int) -> None:
        raise KeyboardInterrupt

    with SqliteGraph(root) as graph, graph.arrays() as arrays, pytest.raises(KeyboardInterrupt):
        mirror(arrays, server.address, "dies", "", stop)
    with pytest.raises(GraphStoreError, match="run `aifirst index --graph URL` again"):
        Neo4jGraph(server.address, "dies")
    (root / "b.py").unlink()
    refresh(root)
    report = _mirrored(root, server.address, "dies")
    assert report.files < report.of_files  # what was written before is not written again
    with SqliteGraph(root) as ours, Neo4jGraph(server.address, "dies") as theirs:
        assert theirs.whole() == ours.whole()


def test_a_server_killed_in_the_middle_of_a_write_is_resumed_without_a_duplicate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "_RETRY_SECONDS", 3.0)
    arrays = edges_of(nodes=4_000, edges=30_000)
    server = Neo4jServer(tmp_path / "home")
    killed: list[int] = []

    def kill(done: int, todo: int) -> None:
        if not killed and done < todo:
            killed.append(done)
            server.kill()

    with pytest.raises(GraphStoreError, match="does not answer"):
        mirror(arrays, server.address, "killed", "", kill)
    assert killed
    with Neo4jServer(tmp_path / "home") as again:
        report = mirror(arrays, again.address, "killed")
        assert 0 < report.edges < len(arrays.edges)
        with Neo4jGraph(again.address, "killed") as theirs, connected(again.address) as session:
            assert theirs.whole().counts == (1,) * len(arrays.edges)
            count = "MATCH (:AifirstNode {project: 'killed'})-[e]->() RETURN count(e) AS edges"
            assert session.run(count).single(strict=True)["edges"] == len(arrays.edges)

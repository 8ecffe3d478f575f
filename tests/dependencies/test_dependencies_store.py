"""The database of the graph: what becomes of damage, of strangers, of a full disk and of a process that is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.dependencies import build, build_run
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.dependencies.store import GraphStoreError, NoGraphError
from aifirst_memory.store import NoIndexError
from aifirst_memory.update import UpdateRequest, update_memory
from dependency_project import dump, make_files, refresh
from dependency_samples import PROJECTS
from toy_language import toy_language


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    with toy_language():
        yield


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = make_files(tmp_path / "project", PROJECTS["cyclic"])
    refresh(root)
    return root


def _database(root: Path) -> Path:
    return root / ".aifirst" / "dependencies.db"


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 500)


def _hole(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)


def _view(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE dep_node; CREATE VIEW dep_node AS SELECT 1 AS node, 'x' AS id")


def _other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'dependencies'")
        connection.commit()


def _stranger(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")


def _broken_blobs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE dep_facts SET facts = X'00'")
        connection.execute("UPDATE dep_file SET digest = X'00'")
        connection.commit()


_TABLES = ("dep_file", "dep_facts", "dep_nodes", "dep_demand", "dep_key", "dep_edges", "dep_node")


def _executed(statement: str) -> Callable[[Path], None]:
    def harm(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(statement)

    harm.__name__ = statement
    return harm


_PARTLY_GONE = [
    *(_executed(f"DROP TABLE {table}") for table in (*_TABLES, "dep_pending")),
    *(_executed(f"DELETE FROM {table}") for table in _TABLES),  # noqa: S608  our own tables' names
    _executed("DROP INDEX dep_key_file"),
    _executed("DELETE FROM dep_edges WHERE file = (SELECT min(file) FROM dep_edges)"),
    _executed("UPDATE dep_edges SET edges = X''"),
    _executed("ALTER TABLE dep_demand RENAME COLUMN demands TO others"),
]


@pytest.mark.parametrize(
    "harm", [_garbage, _hole, _view, _other_version, _stranger, _broken_blobs, *_PARTLY_GONE]
)
def test_a_graph_that_cannot_be_used_is_made_anew_and_that_is_said(
    project: Path, harm: Callable[[Path], None]
) -> None:
    before = dump(project)
    for suffix in ("-wal", "-shm"):
        _database(project).with_name(f"dependencies.db{suffix}").unlink(missing_ok=True)
    harm(_database(project))
    report = update_dependencies(project)
    assert "dependency graph" in report.rebuilt
    assert report.read == report.files
    assert dump(project) == before


@pytest.mark.parametrize("harm", [_garbage, _view, _other_version, _stranger, *_PARTLY_GONE])
def test_who_asks_a_graph_that_cannot_be_used_is_told_the_next_step(
    project: Path, harm: Callable[[Path], None]
) -> None:
    for suffix in ("-wal", "-shm"):
        _database(project).with_name(f"dependencies.db{suffix}").unlink(missing_ok=True)
    harm(_database(project))
    with pytest.raises(GraphStoreError, match="run `aifirst graph`"):
        SqliteGraph(project)


def test_without_a_graph_or_an_index_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoGraphError, match="run `aifirst graph`"):
        SqliteGraph(tmp_path)
    with pytest.raises(NoIndexError, match="run `aifirst index`"):
        update_dependencies(tmp_path)


def test_a_full_disk_is_told_and_leaves_the_graph_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(project)
    real = build.open_for_writing

    def small(*arguments: object) -> tuple[sqlite3.Connection, str]:
        connection, reason = real(*arguments)  # pyright: ignore[reportArgumentType]  handed on as they came
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")
        return connection, reason

    make_files(project, {f"new{number}.py": "def f():\n    pass\n" * 200 for number in range(20)})
    monkeypatch.setattr(build, "open_for_writing", small)
    with pytest.raises(GraphStoreError, match="free some space"):
        refresh(project)
    monkeypatch.undo()
    assert dump(project) == before
    assert refresh(project).read == 20


def test_where_the_project_cannot_be_written_the_graph_lies_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_files(tmp_path / "project", PROJECTS["chain"])
    (root / ".aifirst").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    report = refresh(root)
    assert report.place.is_relative_to(tmp_path / "cache")
    assert any("is kept in" in notice for notice in report.notices)
    with SqliteGraph(root) as graph:
        assert graph.node("a.py::f") is not None


_KILLED = """
import sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from toy_language import toy_language
from aifirst_memory.dependencies.build import update_dependencies
def slow(phase, done, todo):
    print(phase, done, flush=True)
    time.sleep(0.0005)
with toy_language():
    update_dependencies(Path({root!r}), rebuild=True, progress=slow)
"""


@pytest.mark.parametrize("moment", ["read 600", "read 1100", "resolve 512"])
def test_a_build_that_is_killed_is_finished_by_the_next(tmp_path: Path, moment: str) -> None:
    lines = "from m{} import f\nfrom m{} import f\n\ndef f():\n    f()\n"
    root = make_files(tmp_path, {f"m{n}.py": lines.format(n - 1, n // 2) for n in range(1200)})
    refresh(root)
    before = dump(root)
    script = _KILLED.format(tests=str(Path(__file__).parent), root=str(root))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == moment:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    report = update_dependencies(root)
    assert report.rebuilt == ""
    assert 0 < report.read + report.resolved < 2400
    assert dump(root) == before


def test_a_table_that_is_gone_is_noticed_also_where_a_run_was_ended_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_files(tmp_path, {f"m{n}.py": "def f():\n    pass\n" for n in range(450)})
    refresh(root)
    before = dump(root)
    monkeypatch.setattr(build_run, "_BATCH_FILES", 100)

    def stop(phase: str, done: int, todo: int) -> None:
        if (phase, done) == ("read", 150):
            raise KeyboardInterrupt

    for path in root.glob("*.py"):
        path.write_text("def g():\n    pass\n")
    update_memory(UpdateRequest(root))
    with pytest.raises(KeyboardInterrupt):
        update_dependencies(root, progress=stop)
    with SqliteGraph(root) as graph:
        assert not graph.is_complete
    _executed("DROP TABLE dep_key")(_database(root))
    assert "its table dep_key is gone" in update_dependencies(root).rebuilt
    assert dump(root) != before
    with SqliteGraph(root) as graph:
        assert graph.is_complete
        assert graph.node("m0.py::g") is not None


def test_a_first_build_that_was_killed_before_it_wrote_anything_is_no_graph(project: Path) -> None:
    script = _KILLED.format(tests=str(Path(__file__).parent), root=str(project))
    script = script.replace("    print(phase", "    time.sleep(60)\n    print(phase").replace(
        "with toy", "print('ready', flush=True)\nwith toy"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            deadline = time.monotonic() + 60
            while _files_in(_database(project)):
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            process.kill()
    with pytest.raises(NoGraphError, match="no dependency graph yet"):
        SqliteGraph(project)
    assert update_dependencies(project).rebuilt == ""
    with SqliteGraph(project) as graph:
        assert graph.is_complete


def _files_in(path: Path) -> int:
    """How many files a graph has; some where it is being made anew at the moment."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM dep_file").fetchone()[0]
    except sqlite3.Error:
        return 1


def test_a_project_without_files_has_a_graph_without_nodes(tmp_path: Path) -> None:
    refresh(tmp_path)
    with SqliteGraph(tmp_path) as graph:
        assert graph.is_complete
        assert graph.whole().graph.nodes == ()


def test_an_open_graph_follows_what_others_write(project: Path) -> None:
    with SqliteGraph(project) as graph:
        assert graph.node("late.py::late") is None
        make_files(project, {"late.py": "def late():\n    pass\n"})
        refresh(project)
        assert graph.node("late.py::late") is not None
        update_dependencies(project, rebuild=True)
        assert graph.node("late.py::late") is not None
        assert graph.is_complete


def test_many_processes_may_build_at_once(project: Path) -> None:
    script = _KILLED.format(tests=str(Path(__file__).parent), root=str(project)).replace(", rebuild=True", "")
    before = dump(project)
    make_files(project, {"b.py": "from a import f\n\ndef g():\n    pass\n"})
    make_files(project, PROJECTS["cyclic"])
    started = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL) for _ in range(3)]
    deadline = time.monotonic() + 100
    for process in started:
        assert process.wait(deadline - time.monotonic()) == 0
    assert dump(project) == before


def test_questions_within_a_question_are_answered_from_the_same_moment(project: Path) -> None:
    with SqliteGraph(project) as store:
        with store.arrays() as graph:
            ids = graph.names(np.arange(len(graph)))
            assert all(store.node(id) is not None for id in ids)
        assert store.counts().nodes

"""Edges that are not the code's own: tests, pages, other languages, tags and tickets, files that change together."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_memory.dependencies.build import DependencySession
from dependency_project import dump, make_files, refresh, stored_graph
from dependency_samples import PROJECTS
from toy_language import toy_language


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    with toy_language():
        yield


def _edges(root: Path, *kinds: str) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in stored_graph(root).edges if edge.kind in kinds}


def test_a_test_tests_what_it_calls_or_imports_by_name(tmp_path: Path) -> None:
    root = make_files(tmp_path, PROJECTS["chain"])
    refresh(root)
    assert _edges(root, "tests") == {("tests/test_a.py::test_f", "a.py::f", "tests")}
    edge = next(edge for edge in stored_graph(root).edges if edge.kind == "tests")
    assert (edge.path, edge.line, edge.confidence) == ("tests/test_a.py", 4, 0.9)


def test_pages_document_and_other_languages_call_as_the_index_says(tmp_path: Path) -> None:
    root = make_files(tmp_path, PROJECTS["cyclic"])
    refresh(root)
    assert ("README.md::of-it", "a.py", "documents") in _edges(root, "documents")
    assert ("lib.rb", "other.rb", "imports") in _edges(root, "imports")
    assert {edge.confidence for edge in stored_graph(root).edges if edge.path == "lib.rb"} <= {0.97, 0.85}


def test_a_tag_documents_who_defines_it_and_is_used_where_it_is_mentioned(tmp_path: Path) -> None:
    ticket = "# " + "=" * 76 + "\n# TICKET: Login\n"
    root = make_files(
        tmp_path,
        {
            "a.py": "# @TAG:FEATURE:login\ndef login():\n    pass\n",
            "b.py": "def other():\n    x = 1  # see @TAG:FEATURE:login\n",
            "c.py": ticket,
        },
    )
    refresh(root)
    found = _edges(root, "documents", "uses")
    assert {("tag:FEATURE:login", target, "documents") for target in ("a.py", "a.py::login")} & found
    assert ("b.py::other", "tag:FEATURE:login", "uses") in found
    assert {node.id for node in stored_graph(root).nodes if node.kind == "tag"} == {"tag:FEATURE:login"}
    (root / "b.py").write_text("def other():\n    pass\n")
    (root / "a.py").unlink()
    refresh(root)
    assert not [node for node in stored_graph(root).nodes if node.kind == "tag"]


def _commit(root: Path, files: dict[str, str]) -> None:
    make_files(root, files)
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run([*git, "add", "-A"], check=True, capture_output=True)
    subprocess.run([*git, "commit", "-qm", "Change"], check=True, capture_output=True)


def test_files_that_commits_change_together_are_joined_once(tmp_path: Path) -> None:
    root = make_files(tmp_path / "project", {".gitignore": ".aifirst\n"})
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    for number in range(4):
        text = f"def f():\n    return {number}\n"
        _commit(root, {"a.py": text, "z.py": text} | ({"m.py": text} if number < 2 else {}))
    _commit(root, {"a.py": "def f():\n    return 9\n"})
    with DependencySession(root) as session:
        refresh(root, session)
        edges = [edge for edge in stored_graph(root).edges if edge.kind == "changes-with"]
        assert [(edge.source, edge.target, edge.confidence) for edge in edges] == [("a.py", "z.py", 0.8)]
        _commit(root, {"a.py": "x = 1\n", "z.py": "x = 1\n"})
        refresh(root, session)
        edges = [edge for edge in stored_graph(root).edges if edge.kind == "changes-with"]
        assert [edge.confidence for edge in edges] == [pytest.approx(5 / 6, abs=1e-4)]
        (root / "z.py").unlink()
        refresh(root, session)
        assert not _edges(root, "changes-with")
    before = dump(root)
    (root / ".aifirst" / "dependencies.db").unlink()
    refresh(root)
    assert dump(root) == before


def test_folders_hold_folders_and_files_and_files_hold_units(tmp_path: Path) -> None:
    root = make_files(tmp_path, PROJECTS["cyclic"])
    refresh(root)
    parents = {node.id: node.parent for node in stored_graph(root).nodes}
    chain = ["pkg/e.py::K.m", "pkg/e.py::K", "pkg/e.py", "pkg/", ""]
    assert [parents[id] for id in chain[:-1]] == chain[1:]
    assert parents["pkg/deep/"] == "pkg/"

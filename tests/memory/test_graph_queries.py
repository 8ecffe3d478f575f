"""Questions to the graph: who calls, who depends, what leads where; from the rows and from the packed arrays."""

from __future__ import annotations

import numpy as np
import pytest
from aifirst_memory.graph import level as graph_level
from aifirst_memory.graph.queries import (
    callees,
    callers,
    covering_tests,
    dependencies,
    dependents,
    neighbours,
    nodes,
    path_between,
)
from aifirst_memory.graph.reader import GraphReader
from aifirst_memory.graph.snapshot import load_edges
from graph_projects import GraphProject

FILES = {
    "a.py": "from b import f\n\n\ndef g(x):\n    f()\n    f()\n    x.stop_all()\n",
    "b.py": "import c\n\n\ndef f():\n    c.h()\n\n\nclass B:\n    def stop_all(self):\n        pass\n",
    "c.py": "import os\n\n\ndef h():\n    pass\n",
    "tests/test_b.py": "from b import f\n\n\ndef test_f():\n    f()\n",
}


@pytest.fixture
def project() -> GraphProject:
    return GraphProject(FILES)


def _named(project: GraphProject, ids: list[int]) -> list[str]:
    known = nodes(project.connection, ids)
    return [f"{known[i].path}::{known[i].name}" for i in ids]


def test_callers_and_callees_say_where_how_often_and_how_sure(project: GraphProject) -> None:
    g, f = project.unit("a.py", "g"), project.unit("b.py", "f")
    found = callees(project.connection, g)
    assert [(n.unit, n.kind, n.line, n.count, n.confidence) for n in found] == [
        (f, "calls", 5, 2, 0.97),
        (project.unit("b.py", "B.stop_all"), "calls", 7, 1, 0.5),
    ]
    assert [n.unit for n in callees(project.connection, g, least=0.8)] == [f]
    assert _named(project, [n.unit for n in callers(project.connection, f)]) == [
        "a.py::g",
        "tests/test_b.py::test_f",
    ]


def test_neighbours_of_a_file_are_those_of_all_its_units(project: GraphProject) -> None:
    found = neighbours(project.connection, project.unit("c.py"), whole_file=True)
    known = nodes(project.connection, [n.unit for n in found])
    assert {(known[n.unit].path, known[n.unit].name, n.kind, n.outgoing) for n in found} == {
        ("", "package:os", "imports", True),
        ("b.py", "", "imports", False),
        ("b.py", "f", "calls", False),
    }


def test_files_depend_on_one_another_up_to_a_depth(project: GraphProject) -> None:
    connection = project.connection
    file = {path: n for n, path in connection.execute("SELECT file, path FROM graph_file")}
    assert [(r.file, r.depth) for r in dependencies(connection, file["a.py"], depth=3)] == [
        (file["b.py"], 1),
        (file["c.py"], 2),
    ]
    assert [(r.file, r.depth) for r in dependents(connection, file["c.py"], depth=1)] == [(file["b.py"], 1)]
    assert {r.file for r in dependents(connection, file["c.py"], depth=2)} == {
        file["a.py"], file["b.py"], file["tests/test_b.py"],
    }  # fmt: skip


def test_tests_of_a_unit_are_found_by_call_and_by_name(project: GraphProject) -> None:
    found = covering_tests(project.connection, project.unit("b.py", "f"))
    assert "tests/test_b.py::test_f" in _named(project, [n.unit for n in found])
    assert all(path.startswith("tests/") for path in _named(project, [n.unit for n in found]))


def test_a_path_leads_along_the_fewest_edges(project: GraphProject) -> None:
    found = path_between(project.connection, project.unit("a.py", "g"), project.unit("c.py", "h"))
    assert _named(project, [n.unit for n in found]) == ["b.py::f", "c.py::h"]
    assert path_between(project.connection, project.unit("c.py", "h"), project.unit("a.py", "g")) == []


def test_relevance_spreads_to_what_is_near_and_sums_to_one(project: GraphProject) -> None:
    reader = GraphReader.load(project.connection)
    seed = project.unit("a.py", "g")
    found = reader.spread({seed: 2.0}, steps=2)
    assert found.dtype == np.float32
    assert abs(float(found.sum()) - 1) < 1e-5
    assert found[seed] > found[project.unit("b.py", "f")] > found[project.unit("c.py", "h")] > 0
    dense = _exact_spread(reader, seed, 2)
    assert np.allclose(found, dense, atol=1e-6)


def _exact_spread(reader: GraphReader, seed: int, steps: int) -> np.ndarray:
    """The same by a full matrix."""
    matrix = np.zeros((reader.size, reader.size))
    for unit in range(reader.size):
        for place in range(int(reader.starts[unit]), int(reader.starts[unit + 1])):
            matrix[reader.targets[place], unit] += reader.shares[place]
    start = np.zeros(reader.size)
    start[seed] = 1
    now = start
    for _ in range(steps):
        now = 0.4 * start + 0.6 * matrix @ now
    return now


def test_a_reader_is_refreshed_only_where_the_graph_changed(project: GraphProject) -> None:
    reader = GraphReader.load(project.connection)
    assert reader.refresh(project.connection) is reader
    project.change({"c.py": "def h():\n    pass\n"})
    assert reader.refresh(project.connection) is not reader


def test_the_snapshot_and_what_changed_since_are_the_rows(
    project: GraphProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_level, "_FEWEST_CHANGED", 1)
    project = GraphProject(FILES)
    assert project.connection.execute("SELECT COUNT(*) FROM graph_snapshot").fetchone() == (1,)
    monkeypatch.setattr(graph_level, "_FEWEST_CHANGED", 1000)
    changes: list[dict[str, str | None]] = [
        {"c.py": "\n\ndef h():\n    pass\n\n\ndef more():\n    h()\n"},
        {"d.py": "from a import g\n\ng(1)\n"},
        {"b.py": "def f():\n    pass\n"},
        {"a.py": None},
    ]
    for change in changes:
        project.change(change)
        rows = project.connection.execute(
            "SELECT source, target, kind, way FROM graph_edge ORDER BY source, kind, target"
        )
        assert [tuple(edge) for edge in load_edges(project.connection).T.tolist()] == rows.fetchall()

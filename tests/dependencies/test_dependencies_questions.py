"""The questions against definitions written the plain way, on graphs drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from aifirst_memory.dependencies import tests_edges
from aifirst_memory.dependencies.model import EDGE_KINDS, EdgeKind, Node
from aifirst_memory.dependencies.questions import arrays
from aifirst_memory.dependencies.questions.arrays import (
    FILE,
    FOLDER,
    UNIT,
    EdgeColumns,
    GraphArrays,
    without_repeats,
)
from aifirst_memory.dependencies.questions.components import components, layers_of
from aifirst_memory.dependencies.questions.cut_cycles import links_to_cut
from aifirst_memory.dependencies.questions.dead_code import dead_code
from aifirst_memory.dependencies.questions.find import ends_like
from aifirst_memory.dependencies.questions.fold import whole
from aifirst_memory.dependencies.questions.impact import impact
from aifirst_memory.dependencies.questions.structure import cycles, hubs, layers
from aifirst_memory.dependencies.questions.subgraph import subgraph
from aifirst_memory.dependencies.questions.walk import reach, shortest_path
from aifirst_memory.dependencies.unit_marks import EXPORTED, HANDED_OVER, RESOLVED, VISIBLE, unit_marks
from aifirst_memory.graph import file_edges
from aifirst_memory.search import file_role
from hypothesis import given, settings
from hypothesis import strategies as st

Row = tuple[str, str, EdgeKind, float]
_IDS = [
    "a/",
    "a/x.py",
    "a/x.py::f",
    "a/x.py::g",
    "b/",
    "b/y.py",
    "b/y.py::K",
    "b/y.py::K.m",
    "tests/",
    "tests/test_z.py",
]


def graph_of(rows: Iterable[Row], marks: int = RESOLVED, entry_points: tuple[str, ...] = ()) -> GraphArrays:
    """A graph of the ids above with these edges, all of them in line 1 of the file that they start in."""
    place = {id: number for number, id in enumerate(_IDS)}
    parents = [-1, 0, 1, 1, -1, 4, 5, 6, -1, 8]
    kinds = [FOLDER if id.endswith("/") else UNIT if "::" in id else FILE for id in _IDS]
    paths = [id for id in _IDS if id.endswith(".py")]
    found = [row for row in rows if row[0] != row[1]]
    columns = EdgeColumns(
        np.array([place[row[0]] for row in found], np.int32),
        np.array([place[row[1]] for row in found], np.int32),
        np.array([EDGE_KINDS.index(row[2]) for row in found], np.int32),
        np.array([paths.index(row[0].partition("::")[0]) for row in found], np.int32),
        np.ones(len(found), np.int32),
        np.array([row[3] for row in found], np.float64),
    )
    return GraphArrays(
        _IDS, np.array(kinds, np.int8), np.array(parents, np.int32), paths, without_repeats(columns, len(_IDS)), _nodes,
        np.full(len(_IDS), marks, np.uint8), entry_points,
    )  # fmt: skip


def _nodes(positions: Sequence[int]) -> list[Node]:
    return [Node(id=_IDS[position], kind="unit", name=_IDS[position]) for position in positions]


_code = st.sampled_from([id for id in _IDS if not id.endswith("/")])
_kinds: st.SearchStrategy[EdgeKind] = st.sampled_from(["imports", "calls", "uses"])
_rows = st.lists(st.tuples(_code, _code, _kinds, st.sampled_from([0.5, 0.6, 0.8, 0.9, 1.0])), max_size=25)
_law = settings(derandomize=True, deadline=None, max_examples=150)


def _paths(graph: GraphArrays, seeds: set[str], depth: int) -> dict[str, tuple[int, float]]:
    """For all dependents the fewest edges and the best product, by walking every path."""
    edges = graph.edge_list(np.arange(len(graph.edges)))
    found: dict[str, tuple[int, float]] = {}
    front = dict.fromkeys(seeds, 1.0)
    for step in range(1, depth + 1):
        following: dict[str, float] = {}
        for edge in edges:
            if edge.target not in front or edge.source in seeds:
                continue
            value = front[edge.target] * edge.confidence
            least, best = found.get(edge.source, (step, 0.0))
            found[edge.source] = least, max(best, value)
            if edge.kind != "imports":
                following[edge.source] = max(following.get(edge.source, 0.0), value)
        front = following
    return found


@_law
@given(rows=_rows, seed=_code, depth=st.integers(1, 12))
def test_impact_is_every_path_walked(rows: list[Row], seed: str, depth: int) -> None:
    graph = graph_of(rows)
    answer = impact(graph, [seed], depth, least=0.0)
    expected = _paths(graph, set(answer.seeds), depth)
    found = {one.node: (one.distance, pytest.approx(one.confidence)) for one in answer.dependents}
    assert expected == found
    assert all(one.edge.source == one.node for one in answer.dependents)
    assert [(-one.confidence, one.distance, one.node) for one in answer.dependents] == sorted(
        (-one.confidence, one.distance, one.node) for one in answer.dependents
    )
    likely = impact(graph, [seed], depth)
    assert {one.node for one in likely.dependents} == {
        one.node for one in answer.dependents if one.confidence >= 0.5
    }


def test_impact_of_a_class_or_file_is_that_of_all_in_it_and_tests_are_told_apart() -> None:
    rows: list[Row] = [
        ("a/x.py::f", "b/y.py::K.m", "calls", 0.9),
        ("tests/test_z.py", "a/x.py::f", "calls", 1.0),
    ]
    for id in ("b/", "b/y.py", "b/y.py::K", "b/y.py::K.m"):
        answer = impact(graph_of(rows), [id])
        assert [one.node for one in answer.dependents] == ["a/x.py::f", "tests/test_z.py"]
        assert [one.node for one in answer.tests] == ["tests/test_z.py"]
        assert answer.dependents[1].edge.target == "a/x.py::f"


def test_what_imports_an_importer_is_no_dependent_on_that_account() -> None:
    rows: list[Row] = [("a/x.py", "b/y.py", "imports", 1.0), ("tests/test_z.py", "a/x.py", "imports", 1.0)]
    assert [one.node for one in impact(graph_of(rows), ["b/y.py"]).dependents] == ["a/x.py"]


@_law
@given(rows=_rows, source=_code, target=_code)
def test_a_shortest_path_is_a_path_and_none_is_shorter(rows: list[Row], source: str, target: str) -> None:
    graph = graph_of(rows)
    path = shortest_path(graph, source, target)
    distances = {source: 0}
    for step in range(len(_IDS)):
        for edge in graph.edge_list(np.arange(len(graph.edges))):
            if distances.get(edge.source) == step:
                distances.setdefault(edge.target, step + 1)
    assert len(path) == distances.get(target, 0)
    if path:
        assert (path[0].source, path[-1].target) == (source, target)
        assert all(one.target == following.source for one, following in pairwise(path))


@_law
@given(rows=_rows, id=_code, depth=st.integers(1, 4))
def test_callers_and_callees_mirror_each_other(rows: list[Row], id: str, depth: int) -> None:
    graph = graph_of(rows)
    for one in reach(graph, id, depth, callers=True):
        back = {other.node: other.distance for other in reach(graph, one.node, depth, callers=False)}
        assert back[id] == one.distance
        assert one.edge.kind == "calls"
        assert one.edge.source == one.node


def _arrays(pairs: Iterable[tuple[int, int]]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    found = sorted({pair for pair in pairs if pair[0] != pair[1]})
    return np.array([pair[0] for pair in found], np.int64), np.array([pair[1] for pair in found], np.int64)


_pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30)


def _reachable(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    found = {pair for pair in pairs if pair[0] != pair[1]} | {(node, node) for node in range(10)}
    while True:
        more = {(a, d) for a, b in found for c, d in found if b == c} - found
        if not more:
            return found
        found |= more


@_law
@given(pairs=_pairs)
def test_components_are_what_leads_to_each_other_and_layers_rise(pairs: list[tuple[int, int]]) -> None:
    source, target = _arrays(pairs)
    owner = components(10, source, target)
    leads = _reachable(pairs)
    for a in range(10):
        assert owner[a] == min(b for b in range(10) if (a, b) in leads and (b, a) in leads)
    layer = layers_of(10, source, target, owner)
    for a in range(10):
        below = [int(layer[b]) for b in range(10) if (a, b) in leads and owner[a] != owner[b]]
        assert layer[a] == (max(below) + 1 if below else 0)


@_law
@given(pairs=_pairs)
def test_cut_links_leave_no_cycle_and_each_is_needed(pairs: list[tuple[int, int]]) -> None:
    weights = {pair: 1 for pair in pairs if pair[0] != pair[1]}
    cut = links_to_cut(weights)
    left = set(weights) - set(cut)
    leads = _reachable(left)
    assert not any((b, a) in leads for a, b in left)
    assert all((b, a) in leads for a, b in cut)


def test_a_cycle_names_the_lightest_link_to_cut() -> None:
    rows: list[Row] = [
        ("a/x.py::f", "b/y.py::K", "calls", 1.0), ("a/x.py::g", "b/y.py::K", "calls", 1.0),
        ("b/y.py::K.m", "a/x.py::f", "calls", 0.9),
    ]  # fmt: skip
    (cycle,) = cycles(graph_of(rows))
    assert (cycle.nodes, cycle.links) == (("a/x.py", "b/y.py"), 2)
    assert [(link.source, link.target, link.count) for link in cycle.cut] == [("b/y.py", "a/x.py", 1)]
    assert cycle.cut[0].edge.target == "a/x.py::f"
    assert [one.nodes for one in cycles(graph_of(rows), "folder")] == [("a/", "b/")]
    assert cycles(graph_of(rows), "unit") == ()
    assert cycles(graph_of(rows), least=0.95) == ()


def test_layers_rise_and_name_what_goes_against_the_folders() -> None:
    rows: list[Row] = [
        ("a/x.py", "b/y.py", "imports", 1.0), ("a/x.py::f", "b/y.py::K", "calls", 1.0),
        ("b/y.py", "a/x.py", "uses", 1.0), ("tests/test_z.py", "a/x.py", "imports", 1.0),
    ]  # fmt: skip
    answer = layers(graph_of(rows))
    assert answer.layers == (("a/x.py", "b/y.py"), ("tests/test_z.py",))
    assert [(link.source, link.target) for link in answer.violations] == [("b/y.py", "a/x.py")]


def test_hubs_are_ranked_and_add_up() -> None:
    rows: list[Row] = [
        (id, "b/y.py::K", "calls", 1.0) for id in ("a/x.py::f", "a/x.py::g", "tests/test_z.py")
    ]
    answer = hubs(graph_of(rows), 100)
    assert (answer[0].node, answer[0].incoming, answer[0].outgoing) == ("b/y.py::K", 3, 0)
    assert sum(hub.rank for hub in answer) == pytest.approx(1, abs=1e-9)


def test_dead_code_is_what_nothing_outside_of_it_uses() -> None:
    rows: list[Row] = [("a/x.py", "a/x.py::f", "calls", 1.0), ("b/y.py::K.m", "b/y.py::K", "uses", 1.0)]
    assert [dead.node for dead in dead_code(graph_of(rows))] == ["a/x.py::g", "b/y.py::K", "b/y.py::K.m"]
    assert [dead.node for dead in dead_code(graph_of(rows), ["*::K*"])] == ["a/x.py::g"]
    assert dead_code(graph_of(rows, entry_points=("a.x:g", "b.y:K")))[0].node == "b/y.py::K.m"
    for mark in (0, RESOLVED | EXPORTED, RESOLVED | HANDED_OVER):
        assert dead_code(graph_of(rows, mark)) == ()
    public, private = dead_code(graph_of(rows, RESOLVED | VISIBLE)), dead_code(graph_of(rows))
    assert public[0].confidence < private[0].confidence
    used: list[Row] = [*rows, ("a/x.py::g", "b/y.py::K.m", "calls", 1.0)]
    assert [dead.node for dead in dead_code(graph_of(used))] == ["a/x.py::g"]  # a used method keeps its class
    over: list[Row] = [*rows, ("b/y.py::K.m", "a/x.py::f", "overrides", 1.0)]
    assert "b/y.py::K.m" not in [dead.node for dead in dead_code(graph_of(over))]


def test_marks_are_read_from_the_text() -> None:
    text = b"__all__ = [\n  'f', \"K\"]\n\ndef f(): pass\n@app.route('/')\ndef g(): pass\n"
    text += b"@property\ndef h(): pass\ndef _p(): pass\n"
    lines = {"f": 4, "g": 6, "h": 8, "_p": 9}
    nodes = [Node(id="a.py", kind="file", name="a.py", line=1)]
    nodes += [Node(id=f"a.py::{name}", kind="unit", name=name, line=line) for name, line in lines.items()]
    marks = unit_marks("a.py", text, nodes, resolved=True)
    assert list(marks[1:]) == [
        RESOLVED | EXPORTED | VISIBLE,
        RESOLVED | HANDED_OVER | VISIBLE,
        RESOLVED | VISIBLE,
        RESOLVED,
    ]


def test_the_whole_folds_into_files_and_folders_with_counts() -> None:
    rows: list[Row] = [
        ("a/x.py::f", "b/y.py::K", "calls", 0.8), ("a/x.py::g", "b/y.py::K.m", "calls", 0.9),
        ("a/x.py::f", "a/x.py::g", "calls", 1.0),
    ]  # fmt: skip
    assert whole(graph_of(rows), "unit").counts == (1, 1, 1)
    for level, ends in (("file", ("a/x.py", "b/y.py")), ("folder", ("a/", "b/"))):
        view = whole(graph_of(rows), level)  # pyright: ignore[reportArgumentType]  one of the levels
        assert [(edge.source, edge.target, edge.confidence) for edge in view.graph.edges] == [(*ends, 0.9)]
        assert view.counts == (2,)


@_law
@given(rows=_rows, id=_code, depth=st.integers(0, 3))
def test_a_subgraph_holds_all_edges_among_what_is_near(rows: list[Row], id: str, depth: int) -> None:
    graph = graph_of(rows)
    edges = whole(graph, "unit").graph.edges
    near = {id}
    for _ in range(depth):
        near |= {edge.source for edge in edges if edge.target in near} | {
            edge.target for edge in edges if edge.source in near
        }
    view = subgraph(graph, [id], depth)
    assert {node.id for node in view.graph.nodes} == near
    assert list(view.graph.edges) == [edge for edge in edges if edge.source in near and edge.target in near]


@pytest.mark.parametrize(
    ("id", "text", "means"),
    [
        ("a/x.py::K.m", "m", True),
        ("a/x.py::K.m", "K.m", True),
        ("a/x.py::K.m", "x.py::K.m", True),
        ("a/x.py::K.m", "y.m", False),
        ("a/x.py::Km", "m", False),
        ("package:requests", "requests", True),
        ("a/b/", "b", True),
        ("a/b/", "", False),
    ],
)
def test_a_text_means_what_it_is_the_end_of(id: str, text: str, means: bool) -> None:
    assert ends_like(id, text) is means


def test_both_graphs_agree_on_what_is_a_test() -> None:
    for module in (arrays, file_edges, tests_edges):
        assert module.is_test_path is file_role.is_test_path
    for path in ("vendor/x/tests/a.py", "testing/a.py", "src/PayTests.swift", "a.spec.lua", "T/test_a.t"):
        assert file_role.is_test_path(path), path
    assert not file_role.is_test_path("src/latest.py")

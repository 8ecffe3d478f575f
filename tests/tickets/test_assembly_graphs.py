"""Assembly graphs: name resolution, cycles, order against dependencies, stages; networkless and exact."""

import random
from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

import pytest
from aifirst_codebase.tickets import (
    AssemblyFunction,
    AssemblyGraph,
    build_assembly_graph,
    build_assembly_graphs,
    find_assembly_lines,
)
from hypothesis import given, settings
from hypothesis import strategies as st


def function(name: str, tags: str, stem: str = "", assembly: str = "search") -> AssemblyFunction:
    (line,) = find_assembly_lines(f"# @assembly:{assembly} {tags}")
    return AssemblyFunction(name, stem or f"file_of_{name}", line)


def named(graph: AssemblyGraph, indices: Sequence[int]) -> list[str]:
    return [graph.functions[index].name for index in indices]


def edges_of(graph: AssemblyGraph) -> list[tuple[str, str]]:
    return [
        (graph.functions[edge.producer].name, graph.functions[edge.consumer].name) for edge in graph.edges
    ]


def problems_of(graph: AssemblyGraph) -> list[tuple[str, list[str]]]:
    return [(problem.code, named(graph, problem.functions)) for problem in graph.problems]


WORKED = [
    function(
        "fetch_bm25_results_from_keyword_index", "@order:1 @parallel @connects_to:rank_results", "fetch_bm25"
    ),
    function("fetch_vectors_from_index", "@order:1 @parallel", "fetch_vectors"),
    function("rank_results_by_fusion", "@order:2 @depends_on:fetch_bm25,fetch_vectors", "rank_results"),
    function("show", "@order:3 @depends_on:rank_results_by_fusion"),
]


def test_the_worked_example_resolves_by_file_stem_and_by_name() -> None:
    graph = build_assembly_graph(WORKED, "search")
    assert graph.problems == ()
    assert edges_of(graph) == [
        ("fetch_bm25_results_from_keyword_index", "rank_results_by_fusion"),
        ("fetch_vectors_from_index", "rank_results_by_fusion"),
        ("rank_results_by_fusion", "show"),
    ]
    assert [(named(graph, stage.functions), stage.parallel) for stage in graph.stages] == [
        (["fetch_bm25_results_from_keyword_index", "fetch_vectors_from_index"], True),
        (["rank_results_by_fusion"], False),
        (["show"], False),
    ]


def test_an_exact_function_wins_over_a_stem_and_a_stem_over_a_prefix() -> None:
    others = [function("load", "", "x"), function("other", "", "load"), function("load_all", "", "y")]
    consumer = function("use", "@depends_on:load")
    assert edges_of(build_assembly_graph([*others, consumer])) == [("load", "use")]
    assert edges_of(build_assembly_graph([*others[1:], consumer])) == [("other", "use")]
    assert edges_of(build_assembly_graph([*others[2:], consumer])) == [("load_all", "use")]


def test_a_prefix_has_to_end_at_an_underscore_and_to_be_the_only_one() -> None:
    consumer = function("use", "@depends_on:load")
    assert problems_of(build_assembly_graph([function("loader", ""), consumer])) == [
        ("assembly-name-unknown", ["use"])
    ]
    graph = build_assembly_graph([function("load_a", ""), function("load_b", ""), consumer])
    assert problems_of(graph) == [("assembly-name-ambiguous", ["use", "load_a", "load_b"])]


def test_one_name_in_two_files_is_ambiguous() -> None:
    pair = [function("load", "", "a"), function("load", "", "b")]
    graph = build_assembly_graph([*pair, function("use", "@depends_on:load")])
    assert [problem.code for problem in graph.problems] == ["assembly-name-ambiguous"]
    assert "a.load, b.load" in graph.problems[0].message


def test_an_unknown_name_gets_the_nearest_one() -> None:
    graph = build_assembly_graph([function("load_text", ""), function("use", "@depends_on:laod_text")])
    assert graph.problems[0].suggestion == "did you mean 'load_text'?"


def test_a_cycle_names_its_members_and_keeps_what_lies_behind_it_out_of_the_stages() -> None:
    functions = [
        function("a", "@depends_on:c"),
        function("b", "@depends_on:a"),
        function("c", "@depends_on:b"),
        function("behind", "@depends_on:c"),
        function("free", ""),
        function("own", "@depends_on:own"),
    ]
    graph = build_assembly_graph(functions)
    assert [named(graph, members) for members in graph.cycles] == [["a", "b", "c"], ["own"]]
    assert [problem.code for problem in graph.problems] == ["assembly-cycle", "assembly-cycle"]
    assert named(graph, graph.sequence) == ["free"]


def test_an_order_against_the_dependencies_is_reported_and_the_graph_wins() -> None:
    graph = build_assembly_graph(
        [function("first", "@order:2"), function("second", "@order:1 @depends_on:first")]
    )
    assert problems_of(graph) == [("assembly-order-contradicts", ["second", "first"])]
    assert named(graph, graph.sequence) == ["first", "second"]
    same = build_assembly_graph(
        [function("first", "@order:1"), function("second", "@order:1 @depends_on:first")]
    )
    assert problems_of(same) == [("assembly-order-contradicts", ["second", "first"])]
    right = build_assembly_graph(
        [function("first", "@order:1"), function("second", "@order:2 @depends_on:first")]
    )
    assert right.problems == ()


def test_one_order_for_two_functions_needs_parallel() -> None:
    assert problems_of(build_assembly_graph([function("a", "@order:1"), function("b", "@order:1")])) == [
        ("assembly-order-repeated", ["a", "b"])
    ]
    assert (
        build_assembly_graph([function("a", "@order:1 @parallel"), function("b", "@order:1")]).problems == ()
    )


def test_the_order_decides_where_the_graph_leaves_a_choice() -> None:
    functions = [
        function("a", "@order:3"),
        function("b", "@order:1"),
        function("c", ""),
        function("d", "@order:2"),
    ]
    graph = build_assembly_graph(functions)
    assert named(graph, graph.sequence) == ["b", "d", "a", "c"]
    assert [(named(graph, stage.functions), stage.parallel) for stage in graph.stages] == [
        (["b", "d", "a", "c"], False)
    ]


def test_each_pipeline_has_its_own_graph() -> None:
    graphs = build_assembly_graphs(
        [function("a", "", assembly="y"), function("b", "", assembly="x"), *WORKED]
    )
    assert [(graph.name, len(graph.functions)) for graph in graphs] == [("search", 4), ("x", 1), ("y", 1)]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.integers(1, 7).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=12),
            st.integers(0, 9),
        )
    )
)
def test_stages_cycles_and_sequence_agree_with_the_standard_library(
    drawn: tuple[int, set[tuple[int, int]], int],
) -> None:
    size, pairs, seed = drawn
    functions: list[AssemblyFunction] = []
    for consumer in range(size):
        needs = ",".join(sorted(f"f{producer}" for producer, other in pairs if other == consumer))
        functions.append(function(f"f{consumer}", f"@depends_on:{needs}" if needs else ""))
    graph = build_assembly_graph(functions)
    shuffled = functions[:]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order to test with, no secret
    assert build_assembly_graph(shuffled) == graph
    assert set(edges_of(graph)) == {(f"f{producer}", f"f{consumer}") for producer, consumer in pairs}
    assert {frozenset(members) for members in graph.cycles} == mutually_reachable(size, pairs)
    stages = stages_of_the_standard_library(size, pairs)
    if stages is None:
        assert graph.cycles
        return
    assert graph.cycles == ()
    assert [sorted(named(graph, stage.functions)) for stage in graph.stages] == stages
    place = {index: position for position, index in enumerate(graph.sequence)}
    assert sorted(place) == list(range(size))
    assert all(place[edge.producer] < place[edge.consumer] for edge in graph.edges)


def stages_of_the_standard_library(size: int, pairs: set[tuple[int, int]]) -> list[list[str]] | None:
    """The names by depth, or None where there is a cycle."""
    producers: dict[int, list[int]] = {consumer: [] for consumer in range(size)}
    for producer, consumer in pairs:
        producers[consumer].append(producer)
    sorter = TopologicalSorter(producers)
    try:
        sorter.prepare()
    except CycleError:
        return None
    stages: list[list[str]] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        stages.append(sorted(f"f{index}" for index in ready))
        sorter.done(*ready)
    return stages


def mutually_reachable(size: int, pairs: set[tuple[int, int]]) -> set[frozenset[int]]:
    reach = set(pairs)
    for middle in range(size):
        reach |= {
            (a, b) for a in range(size) for b in range(size) if (a, middle) in reach and (middle, b) in reach
        }
    return {
        frozenset(b for b in range(size) if b == a or ((a, b) in reach and (b, a) in reach))
        for a in range(size)
        if (a, a) in reach
    }


def test_a_pipeline_of_thousands_of_functions_does_not_exhaust_the_stack() -> None:
    functions = [
        function(f"f{n}", f"@depends_on:f{n - 1}" if n else "@depends_on:f1999") for n in range(2000)
    ]
    graph = build_assembly_graph(functions)
    assert [len(members) for members in graph.cycles] == [2000]


@pytest.mark.parametrize("code", ["assembly-cycle"])
def test_a_graph_of_one_free_function_has_no_problem(code: str) -> None:
    graph = build_assembly_graph([function("a", "@order:1")])
    assert code not in [problem.code for problem in graph.problems]
    assert graph.cycles == ()

"""The cases of the dependency graph: the reader of their format, and that they speak of units that exist."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from aifirst_memory.dependencies.project import resolve_project

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.graph.micro import Judged, differences, judge_case, score_of  # noqa: E402  found by the line above
from benchmarks.graph.truth_cases import (  # noqa: E402  as above
    AMENDED,
    LANGUAGES,
    TRUTH,
    CaseError,
    TruthEdge,
    parse_case,
    read_cases,
    unknown_ids,
)

SMALL = """\
# A call over two files.
=== app/main.py
from app.util import helper


def run():
    helper()
=== app/util.py
def helper(): ...
=== edges
# the statement names both
app/main.py -> app/util.py  imports
app/main.py -> app/util.py::helper  imports

app/main.py::run -> app/util.py::helper  calls
? app/main.py::run -> package:os  uses
"""
CALL = TruthEdge("app/main.py::run", "app/util.py::helper", "calls")


def test_a_case_has_its_files_and_its_required_and_optional_edges() -> None:
    case = parse_case(SMALL, "python", "small")
    assert case.about == "A call over two files."
    assert case.files["app/util.py"] == b"def helper(): ...\n"
    assert list(case.files) == ["app/main.py", "app/util.py"]
    assert case.required == {
        TruthEdge("app/main.py", "app/util.py", "imports"),
        TruthEdge("app/main.py", "app/util.py::helper", "imports"),
        CALL,
    }
    assert case.optional == {TruthEdge("app/main.py::run", "package:os", "uses"), CALL._replace(kind="uses")}
    assert case.instead == {}
    assert unknown_ids(case) == []


def test_an_edge_may_be_one_of_two_kinds() -> None:
    case = parse_case(SMALL.replace("  calls", "  calls|uses"), "python", "small")
    assert CALL in case.required
    assert case.instead == {TruthEdge(CALL.source, CALL.target, "uses"): CALL}


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("# A call over two files.\n", "", "line 1: begin with"),
        ("=== app/main.py\n", "", "line 2: let a section"),
        ("=== app/util.py", "=== app/main.py", "give each file once"),
        ("=== app/util.py", "=== /app/util.py", "by its path from the root"),
        ("=== edges\n", "", "end with a section"),
        ("  calls\n", "\n", "line 15: write"),
        ("  calls\n", "  calls|tests\n", "line 15: `tests`: one of imports"),
        ("  calls\n", "  tests\n", "line 15: `tests`: one of imports"),
        ("app/main.py::run -> app/util.py::helper", "app/other.py -> app/util.py", "begins and ends in"),
        ("app/main.py::run -> app/util.py::helper", "app/main.py -> app/other.py", "begins and ends in"),
        ("? app/main.py::run -> package:os  uses", str(CALL), "list an edge once"),
        ("? app/main.py::run -> package:os", "? app/main.py -> app/main.py", "no edge from a node to itself"),
    ],
)
def test_a_case_that_breaks_the_format_is_told_where(old: str, new: str, advice: str) -> None:
    with pytest.raises(CaseError, match=advice):
        parse_case(SMALL.replace(old, new, 1), "python", "small")


def test_an_edge_of_a_unit_that_does_not_exist_is_noticed() -> None:
    case = parse_case(SMALL.replace("::helper  calls", "::helped  calls"), "python", "small")
    assert unknown_ids(case) == ["app/util.py::helped"]


def test_precision_counts_what_is_wrong_and_recall_what_is_missing() -> None:
    case = parse_case(SMALL, "python", "small")
    wrong = TruthEdge("app/main.py", "app/util.py::helper", "calls")
    judged = [Judged(case, case.required - {CALL}, frozenset({CALL}), frozenset({wrong}))]
    score = score_of(judged)
    assert (score.true, score.found, score.wrong, score.right) == (3, 2, 1, 0)
    assert (score.precision, score.recall, score.reached) == (2 / 3, 2 / 3, False)
    assert score_of(judged, "imports")[:] == (1, 1, 2, 2, 0)
    assert differences(judged).splitlines() == [
        "python/small: A call over two files.",
        "  - app/main.py::run -> app/util.py::helper  calls",
        "  + app/main.py -> app/util.py::helper  calls",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_edge_of_every_case_is_between_nodes_that_exist(language: str) -> None:
    unknown = {case.name: ids for case in read_cases(language) if (ids := unknown_ids(case))}
    assert unknown == {}


@pytest.mark.parametrize(
    ("language", "least"), [("python", 150), ("typescript", 40), ("go", 40), ("java", 40)]
)
def test_a_language_has_as_many_cases_as_was_set(language: str, least: int) -> None:
    assert len(read_cases(language)) >= least


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_reaches_the_bar(language: str) -> None:
    judged = [judge_case(case) for case in read_cases(language)]
    assert score_of(judged).reached, differences(judged)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_edge_found_joins_two_nodes_once_and_is_no_guess(language: str) -> None:
    for case in read_cases(language):
        graph = resolve_project(case.files)
        nodes = {node.id for node in graph.nodes}
        triples = [(edge.source, edge.target, edge.kind) for edge in graph.edges]
        assert triples == sorted(set(triples)), case.name
        for edge in graph.edges:
            assert {edge.source, edge.target} <= nodes, (case.name, edge)
            assert edge.source != edge.target, (case.name, edge)
            assert 0.5 <= edge.confidence <= 1, (case.name, edge)
            assert 1 <= edge.line <= case.files[edge.path].count(b"\n"), (case.name, edge)


@pytest.mark.parametrize(
    ("language", "name", "sure", "may_run"),
    [
        ("python", "override_may_run", "main.py::Animal.speak", "main.py::Dog.speak"),
        ("typescript", "class_abstract", "main.ts::Shape.area", "main.ts::Square.area"),
        ("java", "override_may_run", "Main.java::Shape.area", "Main.java::Square.area"),
    ],
)
def test_what_overrides_may_run_with_less_confidence(
    language: str, name: str, sure: str, may_run: str
) -> None:
    (case,) = [case for case in read_cases(language) if case.name == name]
    found = {e.target: e.confidence for e in resolve_project(case.files).edges if e.kind == "calls"}
    assert found[sure] >= 0.9
    assert 0.5 <= found[may_run] <= 0.6


def test_every_amended_truth_names_a_case_and_says_why() -> None:
    names = {f"{language}/{case.name}" for language in LANGUAGES for case in read_cases(language)}
    for line in (TRUTH / AMENDED).read_text("utf-8").splitlines():
        name, _, reason = line.partition("\t")
        assert name in names
        assert len(reason.split()) > 2

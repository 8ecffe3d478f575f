"""The pipelines of a project, put together from the assembly lines of its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aifirst_validator.finding import as_sentence
from aifirst_validator.rule import Fact, Place

if TYPE_CHECKING:
    from aifirst_codebase.tickets import AssemblyFunction, AssemblyProblem


def assembly_places(facts: dict[str, list[Fact]], codes: frozenset[str]) -> Iterator[Place]:
    """A place for each problem with one of these codes, at the first function it is about."""
    from aifirst_codebase.tickets import AssemblyFunction, build_assembly_graphs, find_assembly_lines

    functions: list[AssemblyFunction] = []
    places: dict[tuple[str, str, str], tuple[str, Fact]] = {}
    for path, ones in facts.items():
        for fact in ones:
            if fact.kind != "assembly":
                continue
            source, name, stem = fact.values
            for line in find_assembly_lines(source)[:1]:
                functions.append(AssemblyFunction(name, stem, line))
                places.setdefault((name, stem, source), (path, fact))
    for graph in build_assembly_graphs(functions):
        for problem in graph.problems:
            if problem.code in codes:
                yield _place(graph.functions, problem, places)


def _place(
    functions: tuple[AssemblyFunction, ...],
    problem: AssemblyProblem,
    places: dict[tuple[str, str, str], tuple[str, Fact]],
) -> Place:
    first = functions[problem.functions[0]]
    path, fact = places[(first.name, first.stem, first.line.source)]
    hint = as_sentence(problem.suggestion)
    return Place(path, fact, problem.message, hint, anchor=f"{problem.code}:{first.name}")

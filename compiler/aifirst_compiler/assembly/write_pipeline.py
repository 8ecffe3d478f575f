"""Writes the function that runs a pipeline: calls in order, what may run at once at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from keyword import iskeyword
from typing import Final

import msgspec
from aifirst_codebase.tickets.assembly_graph import AssemblyGraph, build_assembly_graphs

from aifirst_compiler.assembly.bind import Bound, bind_parameters
from aifirst_compiler.assembly.tagged_functions import TaggedFunction
from aifirst_compiler.errors import CompileError

_INDENT: Final = "    "
_ERRORS: Final = frozenset({"assembly-name-unknown", "assembly-name-ambiguous", "assembly-cycle"})


class Pipeline(msgspec.Struct, frozen=True):
    """A pipeline's module. `problems` are what is wrong with its tags and does not hinder it, one line each."""

    name: str
    text: str
    functions: tuple[str, ...]
    problems: tuple[str, ...]


def write_pipeline(tagged: Sequence[TaggedFunction], name: str) -> Pipeline:
    """The module of the pipeline `name`, which imports its functions.

    Raises CompileError where there is none of the name, or its functions cannot be put in order.
    """
    graph = _chosen(tagged, name)
    by_function = {id(one.function): one for one in tagged}
    functions = [by_function[id(function)] for function in graph.functions]
    names = sorted(one.function.name for one in functions)
    for first, second in pairwise(names):
        if first == second:
            raise CompileError(f"pipeline {name} has two functions called {first}", "rename one of them")
    writer = _Writer(graph, functions, bind_parameters(graph, functions), name)
    told = tuple(f"{problem.message}; {problem.suggestion}" for problem in graph.problems)
    return Pipeline(
        name, writer.text(), tuple(functions[index].function.name for index in graph.sequence), told
    )


def _chosen(tagged: Sequence[TaggedFunction], name: str) -> AssemblyGraph:
    graphs = {graph.name or "": graph for graph in build_assembly_graphs(one.function for one in tagged)}
    graph = graphs.get(name)
    if graph is None:
        known = ", ".join(sorted(filter(None, graphs))) or "none"
        raise CompileError(
            f"there is no pipeline {name!r}; pipelines here: {known}", "tag functions with @assembly"
        )
    for problem in graph.problems:
        if problem.code in _ERRORS:
            raise CompileError(f"pipeline {name}: {problem.message}", problem.suggestion)
    if not name.isidentifier() or iskeyword(name):
        raise CompileError(f"{name!r} is no name of a function", "rename the pipeline in its @assembly tags")
    return graph


class _Writer:
    def __init__(
        self, graph: AssemblyGraph, functions: Sequence[TaggedFunction], bound: Bound, name: str
    ) -> None:
        self._graph = graph
        self._functions = functions
        self._bound = bound
        self._name = name
        self._is_async = any(one.is_async for one in functions)
        self._imports: set[str] = set()
        taken = {name, "pool", "asyncio", "ThreadPoolExecutor"}
        taken |= {parameter.name for parameter in bound.parameters} | {one.function.name for one in functions}
        self._variables = [_free(one.function.stem, taken) for one in functions]

    def text(self) -> str:
        """The module."""
        body = [
            line
            for stage in self._graph.stages
            for line in self._stage(stage.functions, parallel=stage.parallel)
        ]
        parts = [
            parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"
            for parameter in self._bound.parameters
        ]
        kind = "async def" if self._is_async else "def"
        imports = sorted({f"from {one.module} import {one.function.name}" for one in self._functions})
        lines = [*sorted(self._imports), *([""] if self._imports else []), *imports, "", ""]
        lines += [f"{kind} {self._name}({', '.join(parts)}):", *(_INDENT + line for line in body)]
        return "\n".join([*lines, f"{_INDENT}return {self._result()}", ""])

    def _stage(self, indices: Sequence[int], *, parallel: bool) -> Iterable[str]:
        if not parallel:
            for index in indices:
                call = f"{self._functions[index].function.name}({self._arguments(index)})"
                wait = "await " if self._functions[index].is_async else ""
                yield f"{self._variables[index]} = {wait}{call}"
        elif self._is_async:
            self._imports.add("import asyncio")
            yield f"{', '.join(self._variables[index] for index in indices)} = await asyncio.gather("
            yield from (f"{_INDENT}{self._awaited(index)}," for index in indices)
            yield ")"
        else:
            self._imports.add("from concurrent.futures import ThreadPoolExecutor")
            yield f"with ThreadPoolExecutor({len(indices)}) as pool:"
            for index in indices:
                yield f"{_INDENT}{self._variables[index]} = pool.submit({self._submitted(index)})"
            names = [self._variables[index] for index in indices]
            yield f"{', '.join(names)} = {', '.join(f'{name}.result()' for name in names)}"

    def _awaited(self, index: int) -> str:
        one = self._functions[index]
        if one.is_async:
            return f"{one.function.name}({self._arguments(index)})"
        return f"asyncio.to_thread({self._submitted(index)})"

    def _submitted(self, index: int) -> str:
        arguments = self._arguments(index)
        return (
            f"{self._functions[index].function.name}, {arguments}"
            if arguments
            else self._functions[index].function.name
        )

    def _arguments(self, index: int) -> str:
        written: list[str] = []
        shared = {parameter.name for parameter in self._bound.parameters}
        for parameter in self._functions[index].parameters:
            producer = self._bound.arguments[index].get(parameter.name)
            if producer is None and (
                parameter.name not in shared or (parameter.optional and parameter.default is None)
            ):
                continue
            value = parameter.name if producer is None else self._variables[producer]
            written.append(value if parameter.by_position else f"{parameter.name}={value}")
        return ", ".join(written)

    def _result(self) -> str:
        """What the pipeline returns: the result that nothing consumes, a dictionary by name where there are several."""
        consumed = {edge.producer for edge in self._graph.edges}
        last = [index for index in self._graph.sequence if index not in consumed]
        if len(last) == 1:
            return self._variables[last[0]]
        return (
            "{" + ", ".join(f'"{self._functions[i].function.name}": {self._variables[i]}' for i in last) + "}"
        )


def _free(name: str, taken: set[str]) -> str:
    found = (
        name
        if name.isidentifier() and name not in taken
        else f"{name if name.isidentifier() else 'value'}_result"
    )
    number = 2
    while found in taken:
        found = f"{name}_result{number}"
        number += 1
    taken.add(found)
    return found

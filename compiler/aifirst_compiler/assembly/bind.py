"""Binds the parameters of a pipeline's functions: to what runs before them, or to the pipeline's own parameters.

A parameter is bound to the producer that it is named after, or that one of its name is bound to in a function that runs
before; those that are left, in order, to the producers that are left in the order of `@depends_on`; what is then still
unbound is a parameter of the pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from aifirst_codebase.tickets.assembly_graph import AssemblyGraph, resolve_name

from aifirst_compiler.assembly.tagged_functions import Parameter, TaggedFunction
from aifirst_compiler.errors import CompileError

_RESULTS = ("", "_result", "_results")


class Bound(msgspec.Struct, frozen=True):
    """The bindings of a pipeline. `arguments` has by function, then by parameter, the function whose result it gets.

    What is in neither is a parameter of the pipeline, or left to the function's own default.
    """

    arguments: tuple[dict[str, int], ...]
    parameters: tuple[Parameter, ...]


def bind_parameters(graph: AssemblyGraph, functions: Sequence[TaggedFunction]) -> Bound:
    """The bindings; `functions` stand as in the graph. Raises CompileError where two of them want different defaults."""
    meant: dict[str, int] = {}
    found: dict[int, dict[str, int]] = {}
    for index in graph.sequence:
        found[index] = _arguments(graph, functions[index], index, meant)
        meant |= {name: producer for name, producer in found[index].items() if name not in meant}
    arguments = tuple(found[index] for index in range(len(functions)))
    wanted: dict[str, list[tuple[str, Parameter]]] = {}
    for index in graph.sequence:
        for parameter in functions[index].parameters:
            shown = not parameter.optional or parameter.default is not None
            if parameter.name not in arguments[index] and shown:
                wanted.setdefault(parameter.name, []).append((functions[index].function.name, parameter))
    parameters = [_shared(name, wants) for name, wants in wanted.items()]
    parameters.sort(key=lambda parameter: parameter.optional)
    return Bound(arguments, tuple(parameters))


def _arguments(
    graph: AssemblyGraph, function: TaggedFunction, index: int, meant: Mapping[str, int]
) -> dict[str, int]:
    producers = _producers(graph, index)
    bound: dict[str, int] = {}
    for parameter in function.parameters:
        named = [
            one for one, words in producers.items() if parameter.name in words and one not in bound.values()
        ]
        if named:
            bound[parameter.name] = named[0]
    for parameter in function.parameters:
        same = meant.get(parameter.name)
        if (
            same is not None
            and same in producers
            and parameter.name not in bound
            and same not in bound.values()
        ):
            bound[parameter.name] = same
    left = [one for one in producers if one not in bound.values()]
    for parameter in function.parameters:
        if parameter.name not in bound and not parameter.optional and left:
            bound[parameter.name] = left.pop(0)
    return bound


def _producers(graph: AssemblyGraph, index: int) -> Mapping[int, set[str]]:
    """What a function depends on, in the order it says so, with the names its parameters may know each by."""
    line = graph.functions[index].line
    named: dict[int, set[str]] = {}
    for name in line.depends_on:
        for one in resolve_name(name, graph.functions):
            named.setdefault(one, set()).update(_words([name]))
    for edge in graph.edges:
        if edge.consumer == index:
            producer = graph.functions[edge.producer]
            named.setdefault(edge.producer, set()).update(_words([producer.name, producer.stem]))
    return named


def _words(names: Iterable[str]) -> Iterator[str]:
    """A producer's names as a parameter may be called: as it is, as its result, and without the verb it begins with."""
    for name in names:
        for word in (name, name.partition("_")[2]):
            if word:
                yield from (word + ending for ending in _RESULTS)


def _shared(name: str, wants: Sequence[tuple[str, Parameter]]) -> Parameter:
    defaults = {parameter.default for _, parameter in wants if parameter.optional}
    if any(not parameter.optional for _, parameter in wants):
        return Parameter(name)
    if len(defaults) > 1:
        told = ", ".join(f"{function} {parameter.default}" for function, parameter in wants)
        raise CompileError(
            f"the functions of the pipeline have different defaults for {name}: {told}",
            "give them one default, or two names",
        )
    return Parameter(name, optional=True, default=defaults.pop())

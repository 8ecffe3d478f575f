"""Resolves the names of assembly lines into a pipeline graph: edges, stages, cycles, contradictions.

Pure functions on values. A name is resolved as a function's exact name, else as an exact file stem, else
as the only function name that starts with it and `_`. The graph wins over `@order`; `@order` only breaks
ties. Left out: binding parameters and generating the pipeline, which the compiler does.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import Literal

from msgspec import Struct

from aifirst_codebase.tickets.assembly import AssemblyLine
from aifirst_codebase.tickets.diagnostic import nearest_name

ProblemCode = Literal[
    "assembly-name-unknown",
    "assembly-name-ambiguous",
    "assembly-cycle",
    "assembly-order-contradicts",
    "assembly-order-repeated",
]
_MOST_COMPARISONS = 50_000
"""Names to compare in search of the one that was meant; a pipeline of a few hundred functions needs fewer."""
_MOST_SHOWN = 10


class AssemblyFunction(Struct, frozen=True):
    """A function with its assembly line: its name and the stem of its file (`rank` for `rank.py`)."""

    name: str
    stem: str
    line: AssemblyLine


class AssemblyEdge(Struct, frozen=True, order=True):
    """`producer` runs before `consumer`; both are indices into the graph's functions."""

    producer: int
    consumer: int


class AssemblyStage(Struct, frozen=True):
    """The functions of one dependency depth by (order, name); `parallel` when they may run at once."""

    functions: tuple[int, ...]
    parallel: bool


class AssemblyProblem(Struct, frozen=True):
    """What is wrong, and the functions (indices) that it is about; the first one is where to report it."""

    code: ProblemCode
    message: str
    suggestion: str
    functions: tuple[int, ...]


class AssemblyGraph(Struct, frozen=True):
    """One pipeline. Functions are sorted by (name, stem, offset), whatever order they came in.

    `sequence` runs every function after its producers and by `@order` where that leaves a choice;
    `stages` groups by depth. Functions on a cycle or behind one are in neither.
    """

    name: str | None
    functions: tuple[AssemblyFunction, ...]
    edges: tuple[AssemblyEdge, ...]
    cycles: tuple[tuple[int, ...], ...]
    sequence: tuple[int, ...]
    stages: tuple[AssemblyStage, ...]
    problems: tuple[AssemblyProblem, ...]


def build_assembly_graphs(functions: Iterable[AssemblyFunction]) -> tuple[AssemblyGraph, ...]:
    """One graph for each pipeline name, sorted by name; functions without `@assembly` come first."""
    by_name: dict[str, list[AssemblyFunction]] = {}
    for function in functions:
        by_name.setdefault(function.line.assembly or "", []).append(function)
    return tuple(build_assembly_graph(by_name[name], name or None) for name in sorted(by_name))


def build_assembly_graph(functions: Iterable[AssemblyFunction], name: str | None = None) -> AssemblyGraph:
    """The graph of one pipeline's functions; every problem is a value, nothing raises."""
    nodes = tuple(sorted(functions, key=lambda item: (item.name, item.stem, item.line.start)))
    edges, problems = _resolve_edges(nodes)
    cycles = _cycles(len(nodes), edges)
    sequence, depths = _sort_topologically(nodes, edges)
    problems.extend(_cycle_problems(nodes, cycles))
    problems.extend(_order_problems(nodes, edges, cycles))
    return AssemblyGraph(
        name=name,
        functions=nodes,
        edges=edges,
        cycles=cycles,
        sequence=sequence,
        stages=_stages(nodes, sequence, depths),
        problems=tuple(sorted(problems, key=lambda item: (item.functions, item.code, item.message))),
    )


def resolve_name(name: str, functions: Sequence[AssemblyFunction]) -> tuple[int, ...]:
    """Indices of the functions that `name` can mean: none is unknown, one resolved, more ambiguous."""
    return _Names(functions).resolve(name)


class _Names:
    """The names and file stems of functions, listed once so that each lookup costs a search."""

    def __init__(self, functions: Sequence[AssemblyFunction]) -> None:
        self._by_name: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        for index, function in enumerate(functions):
            self._by_name.setdefault(function.name, []).append(index)
            self._by_stem.setdefault(function.stem, []).append(index)
        self._sorted = sorted(self._by_name)
        self.known = tuple(sorted({*self._by_name, *self._by_stem}))
        self._resolved: dict[str, tuple[int, ...]] = {}
        self._near: dict[str, str | None] = {}

    def resolve(self, name: str) -> tuple[int, ...]:
        """Indices of the functions that a name can mean."""
        found = self._resolved.get(name)
        if found is None:
            exact = self._by_name.get(name) or self._by_stem.get(name)
            found = self._resolved[name] = tuple(exact or self._starting_with(f"{name}_"))
        return found

    def _starting_with(self, start: str) -> list[int]:
        found: list[int] = []
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            found += self._by_name[self._sorted[at]]
            at += 1
        return sorted(found)

    def nearest(self, name: str) -> str | None:
        """The known name that one which is none most likely misspells, as far as there is time to compare."""
        if name not in self._near:
            room = (len(self._near) + 1) * len(self.known) <= _MOST_COMPARISONS
            self._near[name] = nearest_name(name, self.known) if room else None
        return self._near[name]


def _resolve_edges(
    nodes: Sequence[AssemblyFunction],
) -> tuple[tuple[AssemblyEdge, ...], list[AssemblyProblem]]:
    edges: set[AssemblyEdge] = set()
    problems: list[AssemblyProblem] = []
    known = _Names(nodes)
    for index, node in enumerate(nodes):
        for item, names in (("depends_on", node.line.depends_on), ("connects_to", node.line.connects_to)):
            for name in names:
                found = known.resolve(name)
                if len(found) != 1:
                    problems.append(_name_problem(index, item, name, known, nodes))
                elif item == "depends_on":
                    edges.add(AssemblyEdge(found[0], index))
                else:
                    edges.add(AssemblyEdge(index, found[0]))
    return tuple(sorted(edges)), problems


def _name_problem(
    index: int, item: str, name: str, known: _Names, nodes: Sequence[AssemblyFunction]
) -> AssemblyProblem:
    found = known.resolve(name)
    where = f"@{item} of {nodes[index].name}"
    if found:
        found, more = found[:_MOST_SHOWN], len(found) - _MOST_SHOWN
        names = sorted({f"{nodes[other].stem}.{nodes[other].name}" for other in found})
        message = f"{name!r} in {where} could be {', '.join(names)}" + (
            f" or {more} more" if more > 0 else ""
        )
        hint = "write the function's full name"
        return AssemblyProblem("assembly-name-ambiguous", message, hint, (index, *found))
    near = known.nearest(name)
    hint = f"did you mean {near!r}?" if near is not None else "tag the function it names with this @assembly"
    message = f"{name!r} in {where} is no function of the pipeline"
    return AssemblyProblem("assembly-name-unknown", message, hint, (index,))


def _neighbours(count: int, edges: Iterable[AssemblyEdge]) -> list[list[int]]:
    following: list[list[int]] = [[] for _ in range(count)]
    for edge in edges:
        following[edge.producer].append(edge.consumer)
    return following


def _cycles(count: int, edges: Sequence[AssemblyEdge]) -> tuple[tuple[int, ...], ...]:
    """Strongly connected components of more than one function, and functions that feed themselves.

    Tarjan's algorithm with its own stack, so that a long pipeline does not exhaust Python's.
    """
    following = _neighbours(count, edges)
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    open_nodes: list[int] = []
    is_open = [False] * count
    found: list[tuple[int, ...]] = []
    for root in range(count):
        if root in number:
            continue
        work = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                number[node] = low[node] = len(number)
                open_nodes.append(node)
                is_open[node] = True
            descended = False
            for step in range(position, len(following[node])):
                other = following[node][step]
                if other not in number:
                    work.extend([(node, step + 1), (other, 0)])
                    descended = True
                    break
                if is_open[other]:
                    low[node] = min(low[node], number[other])
            if descended:
                continue
            if low[node] == number[node]:
                component = _pop_component(node, open_nodes, is_open)
                if len(component) > 1 or node in following[node]:
                    found.append(component)
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[node])
    return tuple(sorted(found))


def _pop_component(node: int, open_nodes: list[int], is_open: list[bool]) -> tuple[int, ...]:
    component: list[int] = []
    while not component or component[-1] != node:
        component.append(open_nodes.pop())
        is_open[component[-1]] = False
    return tuple(sorted(component))


def _rank(nodes: Sequence[AssemblyFunction], index: int) -> tuple[float, int]:
    order = nodes[index].line.order
    return (float("inf") if order is None else order, index)


def _sort_topologically(
    nodes: Sequence[AssemblyFunction], edges: Sequence[AssemblyEdge]
) -> tuple[tuple[int, ...], list[int]]:
    following = _neighbours(len(nodes), edges)
    waiting = [0] * len(nodes)
    for edge in edges:
        waiting[edge.consumer] += 1
    ready = [_rank(nodes, index) for index, count in enumerate(waiting) if count == 0]
    heapify(ready)
    depths = [0] * len(nodes)
    sequence: list[int] = []
    while ready:
        index = heappop(ready)[1]
        sequence.append(index)
        for other in following[index]:
            depths[other] = max(depths[other], depths[index] + 1)
            waiting[other] -= 1
            if waiting[other] == 0:
                heappush(ready, _rank(nodes, other))
    return tuple(sequence), depths


def _stages(
    nodes: Sequence[AssemblyFunction], sequence: Sequence[int], depths: Sequence[int]
) -> tuple[AssemblyStage, ...]:
    by_depth: dict[int, list[int]] = {}
    for index in sequence:
        by_depth.setdefault(depths[index], []).append(index)
    stages: list[AssemblyStage] = []
    for depth in sorted(by_depth):
        members = tuple(sorted(by_depth[depth], key=lambda index: _rank(nodes, index)))
        parallel = len(members) > 1 and any(nodes[index].line.parallel for index in members)
        stages.append(AssemblyStage(members, parallel))
    return tuple(stages)


def _cycle_problems(
    nodes: Sequence[AssemblyFunction], cycles: Iterable[tuple[int, ...]]
) -> Iterable[AssemblyProblem]:
    for members in cycles:
        names = ", ".join(nodes[index].name for index in members)
        message = f"the dependencies of {names} form a cycle"
        yield AssemblyProblem("assembly-cycle", message, "remove one of the dependencies", members)


def _order_problems(
    nodes: Sequence[AssemblyFunction], edges: Iterable[AssemblyEdge], cycles: Iterable[tuple[int, ...]]
) -> Iterable[AssemblyProblem]:
    cycle_of = {index: number for number, members in enumerate(cycles) for index in members}
    contradicting: set[frozenset[int]] = set()
    for edge in edges:
        first, second = nodes[edge.producer].line.order, nodes[edge.consumer].line.order
        same_cycle = edge.producer in cycle_of and cycle_of[edge.producer] == cycle_of.get(edge.consumer)
        if first is None or second is None or first < second or same_cycle:
            continue
        contradicting.add(frozenset((edge.producer, edge.consumer)))
        producer, consumer = nodes[edge.producer].name, nodes[edge.consumer].name
        message = f"{consumer} has @order:{second} but needs the result of {producer}, @order:{first}"
        hint = f"give {consumer} an order above {first}; the dependency is what counts"
        yield AssemblyProblem("assembly-order-contradicts", message, hint, (edge.consumer, edge.producer))
    by_order: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        if node.line.order is not None:
            by_order.setdefault(node.line.order, []).append(index)
    for order, members in sorted(by_order.items()):
        told = len(members) == 2 and frozenset(members) in contradicting
        if len(members) < 2 or told or any(nodes[index].line.parallel for index in members):
            continue
        names = ", ".join(nodes[index].name for index in members)
        message = f"@order:{order} is given to {names}, and none of them is @parallel"
        hint = "add @parallel where they may run at once, or number them apart"
        yield AssemblyProblem("assembly-order-repeated", message, hint, tuple(members))

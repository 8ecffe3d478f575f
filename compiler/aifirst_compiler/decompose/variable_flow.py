"""What is known of variables at every step of a function: which are needed later, have a value, and may change again.

Sets of variables are numbers with a bit each, so that joining ways costs one operation. Solved by iteration over the
graph until nothing changes; every answer errs on the side that refuses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from aifirst_compiler.decompose.effects import Effects
from aifirst_compiler.decompose.flow_graph import FlowGraph


class Bits(NamedTuple):
    """The effects of a step as sets of bits."""

    reads: int
    writes: int
    certain: int
    deletes: int
    held: int
    rebound: int


class VariableFlow(NamedTuple):
    """By step: `needed` before it, `assigned` before it (on every way), `changed` in it or later (on some way).

    `reached` are the steps that some way from the entry leads to.
    """

    bits: list[Bits]
    needed: list[int]
    assigned: list[int]
    changed: list[int]
    reached: list[bool]

    def assigned_after(self, step: int, *, raised: bool) -> int:
        """What has a value after a step; what it binds counts only where it ended normally."""
        known, bits = self.assigned[step], self.bits[step]
        return known & ~bits.deletes if raised else (known & ~bits.deletes) | bits.certain


def variable_flow(graph: FlowGraph, index: dict[str, int], parameters: Iterable[str]) -> VariableFlow:
    """The flow of the variables that `index` gives bits; `parameters` have a value at the entry."""
    bits = [_bits(step.effects, index) for step in graph.steps]
    ahead = [[to for to, _ in step.following] for step in graph.steps]
    behind: list[list[tuple[int, bool]]] = [[] for _ in graph.steps]
    for at, step in enumerate(graph.steps):
        for to, kind in step.following:
            behind[to].append((at, kind == "exception"))
    failing = [[to for to, kind in step.following if kind == "exception"] for step in graph.steps]

    def need(at: int, known: list[int]) -> int:
        after = raised = 0
        for to in ahead[at]:
            after |= known[to]
        for to in failing[at]:
            raised |= known[to]
        return bits[at].reads | (after & ~bits[at].certain) | raised

    def change(at: int, known: list[int]) -> int:
        found = bits[at].writes | bits[at].deletes
        for to in ahead[at]:
            found |= known[to]
        return found

    count = len(graph.steps)
    before = [[at for at, _ in ways] for ways in behind]
    needed = _solve([0] * count, before, need, reversed(range(count)))
    changed = _solve([0] * count, before, change, reversed(range(count)))
    reached = _reached(graph.entry, ahead)
    start = sum(1 << index[name] for name in parameters)
    assigned = _assigned(graph.entry, start, behind, ahead, bits, reached, (1 << len(index)) - 1)
    return VariableFlow(bits, needed, assigned, changed, reached)


def _bits(effects: Effects, index: dict[str, int]) -> Bits:
    return Bits(*(sum(1 << index[name] for name in names) for names in effects[:6]))


def _solve(
    known: list[int],
    touched: Sequence[Sequence[int]],
    value: Callable[[int, list[int]], int],
    order: Iterable[int],
) -> list[int]:
    """Bring all to a fixed point; `touched` are the steps to look at again when one changes."""
    waiting = deque(order)
    queued = set(waiting)
    while waiting:
        at = waiting.popleft()
        queued.discard(at)
        now = value(at, known)
        if now != known[at]:
            known[at] = now
            for other in touched[at]:
                if other not in queued:
                    queued.add(other)
                    waiting.append(other)
    return known


def _reached(entry: int, ahead: Sequence[Sequence[int]]) -> list[bool]:
    found = [False] * len(ahead)
    stack = [entry]
    while stack:
        at = stack.pop()
        if not found[at]:
            found[at] = True
            stack += ahead[at]
    return found


def _assigned(
    entry: int,
    start: int,
    behind: Sequence[Sequence[tuple[int, bool]]],
    ahead: Sequence[Sequence[int]],
    bits: Sequence[Bits],
    reached: Sequence[bool],
    everything: int,
) -> list[int]:
    """What has a value on every way to a step; ways that never run do not count."""

    def value(at: int, known: list[int]) -> int:
        if at == entry:
            return start
        found = everything
        for step, raised in behind[at]:
            if reached[step]:
                one = bits[step]
                out = known[step] & ~one.deletes
                found &= out if raised else out | one.certain
        return found

    return _solve([everything] * len(behind), ahead, value, range(len(behind)))

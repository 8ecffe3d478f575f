"""Which calls of a chunk depend on what its functions are given: others look at these when they call one."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from aifirst_memory.dependencies.ecmascript.expr_parts import parts
from aifirst_memory.dependencies.ecmascript.facts import CALL, Chunk, FileBody, Name, This

_MAX_ROUNDS: Final = 4


def find_flows(body: FileBody) -> None:
    """Set the flows of all chunks. A function's own are within the range of expressions that it was lowered to."""
    written = {name for name, chunk in body.chunks.items() if chunk.writers}
    for name, chunk in body.chunks.items():
        if not chunk.functions:
            continue
        given = _depends_on_given(chunk, written)
        calls = (site for site in body.sites[name] if site.role == CALL and given[site.at])
        chunk.flows = sorted({(site.at, body.units[site.unit]) for site in calls})
        starts = [at for at, _ in chunk.flows]
        for function in chunk.functions:
            first, last = function.flows
            function.flows = bisect_left(starts, first), bisect_left(starts, last)


def _depends_on_given(chunk: Chunk, written: set[str]) -> list[bool]:
    """Of each expression whether a parameter, `this`, or a name that functions write to takes part in it.

    Most parts stand before what they are part of, but arguments stand behind their call and names are bound anywhere,
    so there are rounds.
    """
    exprs = chunk.exprs
    names = written | {name for name, binding in chunk.locals.items() if binding.param}
    given = [isinstance(expr, This) or (isinstance(expr, Name) and expr.name in names) for expr in exprs]
    composed = [
        (at, found) for at, expr in enumerate(exprs) if not given[at] and (found := tuple(parts(expr)))
    ]
    for turn in range(_MAX_ROUNDS):
        for at, found in reversed(composed) if turn % 2 else composed:
            given[at] = given[at] or any(given[part] for part in found)
        more = _bound_to(chunk, given) - names
        names |= more
        _mark(chunk, given, more)
    return given


def _mark(chunk: Chunk, given: list[bool], names: set[str]) -> None:
    for at, expr in enumerate(chunk.exprs) if names else ():
        if isinstance(expr, Name) and expr.name in names:
            given[at] = True


def _bound_to(chunk: Chunk, given: list[bool]) -> set[str]:
    """The local names that may be what is given."""
    return {
        name for name, binding in chunk.locals.items() if any(given[source] for source in binding.sources)
    }

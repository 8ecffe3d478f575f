"""Which calls of a chunk depend on what its functions are given: others look at these when they call one."""

from __future__ import annotations

from bisect import bisect_left

from aifirst_memory.dependencies.ecmascript.expr_parts import parts
from aifirst_memory.dependencies.ecmascript.facts import CALL, Chunk, FileBody, Fn, Name, This


def find_flows(body: FileBody) -> None:
    """Set the flows of all chunks. A function's own are within the range of expressions that it was lowered to."""
    written = frozenset(name for name, chunk in body.chunks.items() if chunk.writers)
    for name, chunk in body.chunks.items():
        if not chunk.functions:
            continue
        local = _depends_on_locals(chunk, written)
        flows = sorted(
            {
                (site.at, body.units[site.unit])
                for site in body.sites[name]
                if site.role == CALL and local[site.at]
            }
        )
        starts = [at for at, _ in flows]
        chunk.flows = flows
        for function in chunk.functions:
            first, last = function.flows
            function.flows = bisect_left(starts, first), bisect_left(starts, last)


def _depends_on_locals(chunk: Chunk, written: frozenset[str]) -> list[bool]:
    """Of each expression whether a local name, a function, `this`, or a name that functions write to takes part in it.

    Most parts stand before what they are part of, but arguments stand behind their call, so there are three rounds.
    """
    exprs = chunk.exprs
    local = [
        isinstance(expr, (This, Fn))
        or (isinstance(expr, Name) and (":" in expr.name or expr.name in written))
        for expr in exprs
    ]
    composed = [
        (at, found) for at, expr in enumerate(exprs) if not local[at] and (found := tuple(parts(expr)))
    ]
    for backward in (False, True, False):
        for at, found in reversed(composed) if backward else composed:
            if not local[at] and any(local[part] for part in found):
                local[at] = True
    return local

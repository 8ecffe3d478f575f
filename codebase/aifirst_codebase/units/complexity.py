"""Cyclomatic complexity and nesting depth of every unit, from a file's captures.

Cyclomatic complexity is McCabe's (1976): one plus the `@branch` captures of `complexity.scm`. Nesting
counts `@nest` captures around a point inside the same unit; `@flat` names nodes that are captured as
`@nest` but do not nest (the `if` of an `else if`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import tree_sitter

from aifirst_codebase.units.unit import PlacedSpan, Unit

Captures = Mapping[str, Sequence[tree_sitter.Node]]


def measure_complexity(units: Sequence[Unit], spans: Sequence[PlacedSpan], captures: Captures) -> None:
    """Set `cyclomatic` and `nesting` of every unit; nested units count for themselves alone.

    `spans` are those of the units in file order.
    """
    branches = sorted([node.start_byte for node in captures.get("branch", ())])
    if branches:
        before = 0
        for _, end, index in spans:
            upto = bisect_left(branches, end, before)
            if upto > before:
                units[index].cyclomatic += upto - before
                before = upto
    nests = {node.start_byte: node.end_byte for node in captures.get("nest", ())}
    for node in captures.get("flat", ()):
        nests.pop(node.start_byte, None)
    if nests:
        _measure_nesting(units, spans, nests)


def _measure_nesting(units: Sequence[Unit], spans: Sequence[PlacedSpan], nests: Mapping[int, int]) -> None:
    following = iter(spans)
    _, end_of_span, owner = next(following)
    around: list[tuple[int, int, int]] = []
    for start in sorted(nests):
        while start >= end_of_span:
            _, end_of_span, owner = next(following)
        while around and around[-1][0] <= start:
            around.pop()
        depth = around[-1][2] + 1 if around and around[-1][1] == owner else 1
        around.append((nests[start], owner, depth))
        if depth > units[owner].nesting:
            units[owner].nesting = depth

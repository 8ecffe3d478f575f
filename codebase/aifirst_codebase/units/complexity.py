"""Cyclomatic complexity and nesting depth of every unit, in one sweep over a file's captures.

Cyclomatic complexity is McCabe's (1976): one plus the `@branch` captures of `complexity.scm`. Nesting
counts `@nest` captures around a point inside the same unit; `@flat` names nodes that are captured as
`@nest` but do not nest (the `if` of an `else if`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import tree_sitter

from aifirst_codebase.units.unit import Unit

Captures = Mapping[str, Sequence[tree_sitter.Node]]


def measure_complexity(units: list[Unit], captures: Captures) -> None:
    """Set `cyclomatic` and `nesting` of every unit; nested units count for themselves alone."""
    nests = {n.start_byte: n.end_byte for n in captures.get("nest", ())}
    for node in captures.get("flat", ()):
        nests.pop(node.start_byte, None)
    branches = [n.start_byte for n in captures.get("branch", ())]
    if not branches and not nests:
        return
    events = [(start, 2, end) for start, end in nests.items()]
    events += [(start, 1, 0) for start in branches]
    events += [(unit.code_start, 0, index) for index, unit in enumerate(units)]
    events.sort()
    _sweep(units, events)


def _sweep(units: list[Unit], events: list[tuple[int, int, int]]) -> None:
    open_units: list[tuple[int, int, list[int]]] = []
    index, end, nest = 0, units[0].end, [0]
    for start, what, value in events:
        while start >= end and open_units:
            index, end, nest = open_units.pop()
        if what == 0:
            open_units.append((index, end, nest))
            index, end, nest = value, units[value].code_end, []
        elif what == 1:
            units[index].cyclomatic += 1
        else:
            while nest and nest[-1] <= start:
                nest.pop()
            nest.append(value)
            if len(nest) > units[index].nesting:
                units[index].nesting = len(nest)

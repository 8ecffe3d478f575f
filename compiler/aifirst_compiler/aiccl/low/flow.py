"""The flow of a unit in a line: its words, calls, writes and errors in the order of the code, blocks in parentheses.

`for items.values(if .closed(raise ValueError)).total= return round`: a loop over what `items.values` gives, an error
where `self.closed()` says so, a write to `self.total`, and the result of `round`. What repeats in a block is told once;
`!` marks a call whose name is that of one that reaches outside the program.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aifirst_codebase.reading import Reading

from aifirst_compiler.aiccl.low.happenings import Happening, find_happenings
from aifirst_compiler.aiccl.outline.signature import body_start

_TIGHT: Final = re.compile(r" ?([()]) ?")


def flows(reading: Reading) -> list[str]:
    """The flow of every unit by its index; empty where nothing happens in it."""
    of_units: list[list[Happening]] = [[] for _ in reading.units]
    for happening in find_happenings(reading):
        begins = happening.end if happening.kind == ")" else happening.place
        index = reading.unit_at(begins)
        while happening.kind in "()" and index and begins <= reading.units[index].name_start:
            index = reading.units[index].parent  # a block that begins with this unit is not in it
        of_units[index].append(happening)
    return [
        _flow(found, -1 if index == 0 else _start(reading, index)) if found else ""
        for index, found in enumerate(of_units)
    ]


def _start(reading: Reading, index: int) -> int:
    unit = reading.units[index]
    start = body_start(reading, unit)
    return unit.name_end if start is None else start


def _flow(found: Sequence[Happening], start: int) -> str:
    """The words of one unit, from the start of its body on."""
    told: list[str] = []
    seen: list[set[str]] = [set()]
    for happening in found:
        kind, text = happening.kind, happening.text
        begins = happening.end if kind == ")" else happening.place
        if begins < start or (begins == start and kind in "()"):
            continue
        if kind == "(":
            seen.append(set())
        elif kind == ")":
            if len(seen) > 1:
                seen.pop()
        elif kind != "word":
            text = f"{text}=" if kind == "write" else text
            if text in seen[-1]:
                continue
            seen[-1].add(text)
        told.append(text)
    return _TIGHT.sub(r"\1", " ".join(told).replace("( )", "()"))

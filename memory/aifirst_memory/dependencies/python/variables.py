"""Finds what type variables stand for, from what is given where they are declared."""

from __future__ import annotations

from aifirst_memory.dependencies.python import values
from aifirst_memory.dependencies.python.values import NOTHING, Value, Values, joined


def match(declared: Values, found: Values, known: dict[str, Values]) -> None:
    """Find what the type variables in a declared type mean where it holds the found values."""
    for value in declared:
        sort = value[0]
        if sort == values.VARIABLE and found:
            known[value[1]] = joined([known.get(value[1], NOTHING), found])
        elif sort == values.TYPE:
            match(value[1], instances_of(found), known)
        elif sort == values.CALLABLE:
            continue
        elif sort == values.OBJECT:
            for other in found:
                _match_parts(value, other, known)
        elif sort == values.INSTANCE:
            alike = [other for other in found if other[0] == values.INSTANCE and other[1:3] == value[1:3]]
            for part, inner in [pair for other in alike for pair in zip(value[3], other[3], strict=False)]:
                match(part, inner, known)


def _match_parts(value: Value, other: Value, known: dict[str, Values]) -> None:
    if other[0] == values.OBJECT:
        for part, inner in zip(value[2], other[2], strict=False):
            match(part, inner, known)
    elif other[0] == values.ROW and value[2]:
        match(value[2][0], joined(other[1]), known)
    elif other[0] == values.TABLE and len(value[2]) == 2:
        match(value[2][1], joined([*(held for _, held in other[1]), other[2]]), known)


def instances_of(found: Values) -> Values:
    """The instances of classes among the values."""
    return tuple((values.INSTANCE, *value[1:4]) for value in found if value[0] == values.CLASS)

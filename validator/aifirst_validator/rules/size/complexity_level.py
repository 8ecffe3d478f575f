"""AF107: a function is more involved than the allowed complexity level."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.units import Unit

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_CYCLOMATIC = (2, 5, 10, 15)
_NESTING = (1, 2, 3, 4)
_CHAIN = "".join(f"    if value == {i}:\n        return {i * i}\n" for i in range(16))
_DEEP = (
    "def walk(rows):\n    for row in rows:\n        if row:\n            for cell in row:\n"
    "                if cell:\n                    while cell.next:\n                        cell = cell.next\n"
)


def complexity_level(cyclomatic: int, nesting: int) -> int:
    """The level, 1 to 5, of a function: the higher of those that its two figures give.

    Cyclomatic complexity up to 2, 5, 10 and 15 is level 1 to 4, nesting up to 1, 2, 3 and 4 likewise.
    """
    return max(bisect_left(_CYCLOMATIC, cyclomatic), bisect_left(_NESTING, nesting)) + 1


class ComplexityLevel(FileRule):
    """Five levels, from pure functions to what should not be written: by cyclomatic complexity (McCabe 1976)
    up to 2, 5, 10, 15 and above, and by nesting depth up to 1, 2, 3, 4 and above. Use the lowest level
    that works: every branch is a path that a model has to keep in mind while it edits any other.

    `complexity.max_level` is the highest allowed level; `complexity.cyclomatic` and `complexity.nesting` set
    a limit of their own for either figure. Functions nested in a function count for themselves.
    """

    code: ClassVar[str] = "AF107"
    name: ClassVar[str] = "complexity-level"
    summary: ClassVar[str] = "A function is more involved than the allowed complexity level."
    valid = (
        Example("def sign(value):\n    if value < 0:\n        return -1\n    return 1\n"),
        Example(f"def square(value):\n{_CHAIN}", settings="[complexity]\nmax_level = 5\n", title="no limit"),
    )
    invalid = (
        Example(f"def square(value):\n{_CHAIN}", lines=(1,), title="too many branches"),
        Example(_DEEP, lines=(1,), title="too deep"),
        Example(
            "def sign(value):\n    if value < 0:\n        return -1\n    return 1\n",
            lines=(1,),
            settings="[complexity]\ncyclomatic = 1\n",
            title="a limit of its own",
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the name of each function above the level or a limit."""
        limits = file.settings.complexity
        cyclomatic, nesting = _bounds(limits.max_level, limits.cyclomatic, limits.nesting)
        for unit in file.reading.units:
            if unit.kind == "function" and (unit.cyclomatic > cyclomatic or unit.nesting > nesting):
                yield self._problem(unit, cyclomatic, nesting)

    def _problem(self, unit: Unit, cyclomatic: int, nesting: int) -> Problem:
        over: list[str] = []
        if unit.cyclomatic > cyclomatic:
            over.append(f"cyclomatic complexity {unit.cyclomatic} (limit {cyclomatic})")
        if unit.nesting > nesting:
            over.append(f"nesting {unit.nesting} (limit {nesting})")
        level = complexity_level(unit.cyclomatic, unit.nesting)
        advice = "Return early or move the inner block into a function." if unit.nesting > nesting else (
            "Move a group of branches into a function of its own, or make them a table."
        )  # fmt: skip
        return Problem(
            unit.name_start, unit.name_end, f"function {unit.name} is level {level}: {' and '.join(over)}", advice,
            anchor=unit.name,
        )  # fmt: skip


def _bounds(level: int, cyclomatic: int, nesting: int) -> tuple[int, int]:
    unlimited = 1 << 30
    by_level = level in range(1, 5)
    return (
        cyclomatic or (_CYCLOMATIC[level - 1] if by_level else unlimited),
        nesting or (_NESTING[level - 1] if by_level else unlimited),
    )

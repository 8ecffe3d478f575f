"""AF107: a function is more involved than the allowed complexity level."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

import tree_sitter
from aifirst_codebase.reading import Reading
from aifirst_codebase.units import Unit

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule
from aifirst_validator.rules.size.unit_tokens import misread

_CYCLOMATIC = (2, 5, 10, 15)
_NESTING = (1, 2, 3, 4)
_SHORT_CIRCUITS = frozenset({"and", "or", "&&", "||", "??", "?:"})
_CASE_TYPES = frozenset({"when", "in_clause", "match_arm", "match_conditional_expression", "when_entry", "switch_label",
                         "switch_section", "switch_expression_arm"})  # fmt: skip
_CASE_PARTS = frozenset({"block", "switch_body", "match_block", "switch_block", "switch_block_statement_group",
                         "switch_rule", "compound_statement", "case_list"})  # fmt: skip
_MAX_DEPTH = 2000
"""Levels below a function at which branches are looked for: as many as are read of a file."""
_CHAIN = "".join(f"    if value == {i}:\n        return {i * i}\n" for i in range(16))
_CASES = "".join(f"        case {i}:\n            return 'name {i}'\n" for i in range(20))
_LIKE = "        left.a == right.a\n" + "".join(f"        and left.x{i} == right.x{i}\n" for i in range(20))
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

    McCabe allowed one exception, a selection with many independent cases: a function is not above the level
    where the cases of a `switch` or `match`, or a chain of like operators (`a or b or c`), each taken as one
    choice, bring it back.

    `complexity.max_level` is the highest allowed level; `complexity.cyclomatic` and `complexity.nesting` set
    a limit of their own for either figure, without the exception. Functions nested in a function count for
    themselves.
    """

    code: ClassVar[str] = "AF107"
    name: ClassVar[str] = "complexity-level"
    summary: ClassVar[str] = "A function is more involved than the allowed complexity level."
    valid = (
        Example("def sign(value):\n    if value < 0:\n        return -1\n    return 1\n"),
        Example(f"def square(value):\n{_CHAIN}", settings="[complexity]\nmax_level = 5\n", title="no limit"),
        Example(f"def name(code):\n    match code:\n{_CASES}", title="a selection"),
        Example(f"def equal(left, right):\n    return (\n{_LIKE}    )\n", title="a chain of like operators"),
    )
    invalid = (
        Example(f"def square(value):\n{_CHAIN}", lines=(1,), title="too many branches"),
        Example(_DEEP, lines=(1,), title="too deep"),
        Example(
            f"def name(code):\n    match code:\n{_CASES}",
            lines=(1,),
            settings="[complexity]\ncyclomatic = 15\n",
            title="a limit of its own has no exception",
        ),
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
        flat: dict[int, dict[int, int]] = {}
        for index, unit in enumerate(file.reading.units):
            if unit.kind != "function" or (unit.cyclomatic <= cyclomatic and unit.nesting <= nesting):
                continue
            if misread(file, unit):
                continue
            if (
                unit.nesting <= nesting
                and not limits.cyclomatic
                and unit.cyclomatic - _flat_branches(file, index, flat) <= cyclomatic
            ):
                continue
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


def _flat_branches(file: FileContext, index: int, known: dict[int, dict[int, int]]) -> int:
    """How many branches of a unit go when a selection's cases, and a chain of like operators, are one each.

    `known` keeps what was found, by the outermost function: functions nested in it are counted with it, so
    that no branch is looked at twice.
    """
    units = file.reading.units
    outermost = above = index
    while above > 0:
        if units[above].kind == "function":
            outermost = above
        above = units[above].parent
    if outermost not in known:
        known[outermost] = _flat_in(file.reading, units[outermost])
    return known[outermost].get(index, 0)


def _flat_in(reading: Reading, unit: Unit) -> dict[int, int]:
    """The branches that go, of a function and of each unit in it, by the unit's index."""
    within = reading.tree.root_node.descendant_for_byte_range(unit.code_start, unit.code_end)
    if within is None:
        return {}
    cursor = tree_sitter.QueryCursor(reading.language.query("complexity"))
    cursor.set_max_start_depth(_MAX_DEPTH)
    selections: set[tuple[int, int]] = set()
    flat: dict[int, int] = {}
    for node in cursor.captures(within).get("branch", []):
        index = reading.unit_at(node.start_byte)
        if _is_case(node.type):
            around = (index, _selection_around(node))
            goes = around in selections
            selections.add(around)
        else:
            goes = _continues_chain(node)
        flat[index] = flat.get(index, 0) + goes
    return flat


def _is_case(node_type: str) -> bool:
    return "case" in node_type or node_type in _CASE_TYPES


def _selection_around(case: tree_sitter.Node) -> int:
    """Which selection a case belongs to, by where that starts."""
    node = case.parent
    while node is not None and node.type in _CASE_PARTS:
        node = node.parent
    return node.start_byte if node is not None else -1


def _continues_chain(node: tree_sitter.Node) -> bool:
    """Whether a short-circuit operator stands directly under one of its kind."""
    operation = node if node.named_child_count else node.parent
    around = operation.parent if operation is not None else None
    while around is not None and around.type.startswith("parenthesized"):
        around = around.parent
    if operation is None or around is None or around.type != operation.type:
        return False
    return _operator(operation) in _SHORT_CIRCUITS and _operator(operation) == _operator(around)


def _operator(operation: tree_sitter.Node) -> str:
    operator = operation.child_by_field_name("operator")
    return operator.type if operator is not None else ""

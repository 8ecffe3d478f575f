"""Cuts a file into units that tile it.

Works on the captures of `units.scm`: a definition is captured by its kind (`@function`, `@class`,
`@section`, `@rule`, `@statement`, `@block`), its name by `@name`, what it is a part of although it does
not stand inside it (the receiver of a Go method) by `@scope`, what wraps it and ends with it by
`@outer`, attributes above it by `@leading`. Which construct is what is the language folder's business.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

import tree_sitter

from aifirst_codebase.units.unit import Unit, UnitKind

Captures = Mapping[str, Sequence[tree_sitter.Node]]
Runs = Mapping[int, tuple[int, int]]

_KINDS: Final[tuple[UnitKind, ...]] = ("function", "class", "section", "rule", "statement", "block")
_AFTER = re.compile(rb"[ \t\r;,]*")
_BLANK_LINES = re.compile(rb"\n(?:[ \t\f\v\r]*\n)*")
_SPACE = re.compile(r"\s+")
_NAME_LIMIT = 80


def split_units(
    data: bytes, captures: Captures, runs: Runs, *, separator: str, line_comment: bytes
) -> list[Unit]:
    """The units of a file, the module's own first, then the definitions by where they start."""
    size = len(data)
    units = [Unit("", "module", 0, size, 0, size, 0, 0, -1, [])]
    definitions = _definitions(captures)
    if definitions:
        _add_definitions(data, units, definitions, _Names(data, captures, separator), runs, line_comment)
        _enclose_children(units)
    _tile(units)
    _number_duplicates(units)
    return units


def _definitions(captures: Captures) -> list[tuple[int, int, UnitKind, int]]:
    """(start, -end, kind, start with what wraps it), outermost first."""
    found = {(n.start_byte, -n.end_byte): kind for kind in _KINDS for n in captures.get(kind, ())}
    if not found:
        return []
    outers: dict[int, list[int]] = {}
    for node in captures.get("outer", ()):
        outers.setdefault(node.end_byte, []).append(node.start_byte)
    definitions: list[tuple[int, int, UnitKind, int]] = []
    for key in sorted(found):
        start, end = key[0], -key[1]
        outer = start
        starts = outers.get(end) or outers.get(end + 1)
        while starts and starts[0] <= start:
            outer = min(outer, starts.pop(0))
        definitions.append((start, -end, found[key], outer))
    return definitions


class _Names:
    """The names and scopes captured in a file, looked up by the definition they belong to."""

    def __init__(self, data: bytes, captures: Captures, separator: str) -> None:
        self._data = data
        self._separator = separator
        self._names = sorted((n.start_byte, n.end_byte) for n in captures.get("name", ()))
        self._scopes = sorted((n.start_byte, n.end_byte) for n in captures.get("scope", ()))
        self._next = 0

    def of(self, start: int, before: int) -> tuple[str, int, int]:
        """The name that stands in [start, before) and where; empty and `start` twice where none does."""
        names = self._names
        while self._next < len(names) and names[self._next][0] < start:
            self._next += 1
        if self._next == len(names) or names[self._next][0] >= before:
            return "", start, start
        name_start, name_end = names[self._next]
        text = self._text(name_start, name_end)
        if self._scopes:
            at = bisect_right(self._scopes, (start, -1))
            if at < len(self._scopes) and self._scopes[at][0] < before:
                text = self._text(*self._scopes[at]) + self._separator + text
        return text, name_start, name_end

    def _text(self, start: int, end: int) -> str:
        text = self._data[start:end].decode("utf-8", "replace")
        if text.isidentifier():
            return text
        text = _SPACE.sub(" ", text.strip("\"'`# \t\r\n")).replace("::", self._separator)
        return text[:_NAME_LIMIT]


def _add_definitions(
    data: bytes,
    units: list[Unit],
    definitions: list[tuple[int, int, UnitKind, int]],
    names: _Names,
    runs: Runs,
    line_comment: bytes,
) -> None:
    stack = [0]
    floor = 0
    for index, (start, minus_end, kind, outer) in enumerate(definitions):
        end = -minus_end
        while units[stack[-1]].code_end <= start and stack[-1]:
            floor = max(floor, units[stack.pop()].end)
        parent = stack[-1]
        following = definitions[index + 1][0] if index + 1 < len(definitions) else len(data)
        name, name_start, name_end = names.of(start, min(following, end) if following > start else end)
        own = name or "<anonymous>"
        qualified = f"{units[parent].name}.{own}" if units[parent].name else own
        begin = _extend_up(data, outer, runs)
        floor = max(floor, units[parent].code_start)
        units.append(
            Unit(
                qualified, kind, max(begin, floor), _extend_down(data, end, line_comment),
                max(outer, floor), end, name_start, name_end, parent, [],
            )
        )  # fmt: skip
        stack.append(len(units) - 1)


def _extend_up(data: bytes, start: int, runs: Runs) -> int:
    """Where the unit begins: its line, or the comment block that stands directly on it."""
    line = data.rfind(b"\n", 0, start) + 1
    if data[line:start].strip(b" \t\f"):
        return start
    run = runs.get(line)
    if run is not None and run[1] == start - line:
        return run[0]
    return line


def _extend_down(data: bytes, end: int, line_comment: bytes) -> int:
    """Where the next unit may begin: after the line, its comment, and blank lines."""
    after = _AFTER.match(data, end)
    stop = after.end() if after else end
    if line_comment and data.startswith(line_comment, stop):
        newline = data.find(b"\n", stop)
        stop = len(data) if newline < 0 else newline
    if stop >= len(data):
        return len(data)
    blank = _BLANK_LINES.match(data, stop)
    return blank.end() if blank else end


def _enclose_children(units: list[Unit]) -> None:
    """Let every unit reach to the end of its last child, and no further than its parent."""
    for unit in reversed(units[1:]):
        parent = units[unit.parent]
        parent.end = max(parent.end, unit.end)
    for unit in units[1:]:
        parent = units[unit.parent]
        if parent.kind != "module":
            unit.end = min(unit.end, parent.end)


def _tile(units: list[Unit]) -> None:
    """Give every byte to the innermost unit that encloses it."""
    cursor = [unit.start for unit in units]
    open_units = [0]
    for index in range(1, len(units)):
        unit = units[index]
        while open_units[-1] != unit.parent:
            _close(units, cursor, open_units)
        _give(units[unit.parent], cursor, unit.parent, unit.start)
        cursor[index] = unit.start = max(unit.start, cursor[unit.parent])
        unit.end = max(unit.end, unit.start)
        open_units.append(index)
    while open_units:
        _close(units, cursor, open_units)


def _give(unit: Unit, cursor: list[int], index: int, until: int) -> None:
    if until > cursor[index]:
        unit.spans.append((cursor[index], until))
        cursor[index] = until


def _close(units: list[Unit], cursor: list[int], open_units: list[int]) -> None:
    index = open_units.pop()
    unit = units[index]
    _give(unit, cursor, index, unit.end)
    if open_units:
        parent = open_units[-1]
        cursor[parent] = max(cursor[parent], unit.end)


def _number_duplicates(units: list[Unit]) -> None:
    seen: dict[str, int] = {}
    for unit in units[1:]:
        count = seen.get(unit.name, 0) + 1
        seen[unit.name] = count
        if count > 1:
            unit.name = f"{unit.name}#{count}"

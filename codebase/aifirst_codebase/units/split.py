"""Cuts a file into units that tile it.

Works on the captures of `units.scm`: a definition is captured by its kind (`@function`, `@class`,
`@section`, `@rule`, `@statement`, `@block`), its name by `@name`, what it is a part of although it does
not stand inside it (the receiver of a Go method) by `@scope`, what wraps it and ends with it by
`@outer`, attributes above it by `@leading`. Sections may be captured by their headings alone, `@h1` to
`@h6`. Which construct is what is the language folder's business.

Every step looks at each byte a fixed number of times, whatever the text: nothing here looks behind the
definition before.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

import tree_sitter

from aifirst_codebase.languages.language import Language
from aifirst_codebase.units.sections import HEADINGS, find_sections, heading_slug
from aifirst_codebase.units.unit import Unit, UnitKind

Captures = Mapping[str, Sequence[tree_sitter.Node]]
Definition = tuple[int, int, UnitKind]
"""(start with what wraps it, -end, kind): sorted, so the outer one of two comes first."""

_KINDS: Final[tuple[UnitKind, ...]] = ("function", "class", "section", "rule", "statement", "block")
_AFTER = re.compile(rb"[ \t\r;,]*")
_REST_OF_LINE = re.compile(rb"[^\r\n]*\r?(?=\n|\Z)|")
_BLANK_LINES = re.compile(rb"\n(?:[ \t\f\v\r]*\n)*")
_SPACE = re.compile(r"\s+")
_NAME_LIMIT = 80
_QUALIFIED_LIMIT = 1000
_NAMELESS = "<anonymous>"
_NEWLINE = 10
_START = itemgetter(0)


def split_units(data: bytes, captures: Captures, ends: Mapping[int, int], language: Language) -> list[Unit]:
    """The units of a file, the module's own first, then the definitions by where they start.

    `ends` has the comments and attributes that may belong to the definition below them: the start of
    each by its end.
    """
    size = len(data)
    units = [Unit("", "module", 0, size, 0, size, 0, 0, -1, [])]
    definitions = _definitions(captures, size)
    if definitions:
        _add_definitions(data, units, definitions, _Names(data, captures, language), ends, language)
        _enclose_children(units)
    _tile(units)
    _number_duplicates(units)
    return units


def _definitions(captures: Captures, size: int) -> list[Definition]:
    found: dict[tuple[int, int], UnitKind] = {
        (n.start_byte, -n.end_byte): kind for kind in _KINDS for n in captures.get(kind, ())
    }
    if not HEADINGS.isdisjoint(captures):
        found.update((span, "section") for span in find_sections(captures, size))
    outer_nodes = captures.get("outer")
    if not outer_nodes:
        return sorted([(start, minus_end, kind) for (start, minus_end), kind in found.items()])
    outers: dict[int, list[int]] = {}
    for start, end in sorted(((n.start_byte, n.end_byte) for n in outer_nodes), reverse=True):
        outers.setdefault(end, []).append(start)
    definitions: list[Definition] = []
    for start, minus_end in sorted(found):
        outer = start
        # One byte more is the semicolon that ends the statement around the definition.
        for end in (-minus_end, 1 - minus_end):
            starts = outers.get(end)
            while starts and starts[-1] <= start:
                outer = min(outer, starts.pop())
        definitions.append((outer, minus_end, found[start, minus_end]))
    definitions.sort()
    return definitions


class _Names:
    """The names and scopes captured in a file, looked up by the definition they belong to."""

    def __init__(self, data: bytes, captures: Captures, language: Language) -> None:
        self._data = data
        self._separator = language.data.separator
        self._noise = language.name_noise
        self._names = sorted([(n.start_byte, n.end_byte) for n in captures.get("name", ())])
        self._scopes = sorted([(n.start_byte, n.end_byte) for n in captures.get("scope", ())])
        self._next = 0

    def of(self, definitions: Sequence[Definition], index: int) -> tuple[str, int, int]:
        """The name of a definition and where it stands; empty and its start twice where it has none."""
        start, minus_end, _ = definitions[index]
        names, at = self._names, self._next
        while at < len(names) and names[at][0] < start:
            at += 1
        self._next = at
        before = -minus_end
        if index + 1 < len(definitions) and start < definitions[index + 1][0] < before:
            before = definitions[index + 1][0]
        if at == len(names) or names[at][0] >= before:
            at = self._behind_inner(definitions, index)
            if at < 0:
                return self._scope(start, before), start, start
        name_start, name_end = names[at]
        text = self._text(name_start, name_end)
        if self._scopes:
            scope = self._scope(start, before)
            if scope:
                text = scope + self._separator + text
        return text, name_start, name_end

    def _scope(self, start: int, before: int) -> str:
        """The scope that stands in [start, before), empty where none does."""
        at = bisect_right(self._scopes, (start, -1))
        if at == len(self._scopes) or self._scopes[at][0] >= before:
            return ""
        return self._text(*self._scopes[at])

    def _behind_inner(self, definitions: Sequence[Definition], index: int) -> int:
        """The index of a name that stands behind definitions inside its own: those in a decorator."""
        end = -definitions[index][1]
        inner = index + 1
        for _ in range(8):  # more than any decorator holds, and a bound on what a nameless one costs
            if inner >= len(definitions) or definitions[inner][0] >= end:
                return -1
            inner_end = -definitions[inner][1]
            inner = bisect_left(definitions, inner_end, inner + 1, key=_START)
            before = min(end, definitions[inner][0]) if inner < len(definitions) else end
            at = bisect_left(self._names, (inner_end, 0))
            if at < len(self._names) and self._names[at][0] < before:
                return at
        return -1

    def _text(self, start: int, end: int) -> str:
        text = self._data[start:end].decode("utf-8", "replace")
        if text.isidentifier():
            return text
        if self._noise is not None:
            text = self._noise.sub("", text)
        text = _SPACE.sub(" ", text.strip("\"'` \t\r\n"))
        if self._separator == ".":
            text = text.replace("::", ".")
        return text[:_NAME_LIMIT]


def _add_definitions(
    data: bytes,
    units: list[Unit],
    definitions: Sequence[Definition],
    names: _Names,
    ends: Mapping[int, int],
    language: Language,
) -> None:
    line_comment, separator = language.data.line_comment.encode(), language.data.separator
    parent = floor = 0
    around, end_of_parent = "", len(data)
    last_end = last_down = -1
    for index, (start, minus_end, kind) in enumerate(definitions):
        end = -minus_end
        while end_of_parent <= start and parent:
            before = units[parent]
            if before.end > start:  # the line below it was not a comment after all
                before.end = before.code_end
            if before.end > floor:
                floor = before.end
            parent = before.parent
            around, end_of_parent = units[parent].name, units[parent].code_end
        if units[parent].code_start > floor:
            floor = units[parent].code_start
        name, name_start, name_end = names.of(definitions, index)
        if kind == "section":
            name = heading_slug(name)
        if not name:
            name = _NAMELESS
        if around:
            # Thousands of levels would otherwise spell names of quadratic length.
            around = around if len(around) < _QUALIFIED_LIMIT else around[:_QUALIFIED_LIMIT] + "…"
            name = around + separator + name
        if end != last_end:
            last_end, last_down = end, _extend_down(data, end, line_comment)
        units.append(
            Unit(
                name, kind, _extend_up(data, start, ends, floor, language.docs), last_down,
                start, end, name_start, name_end, parent, [],
            )
        )  # fmt: skip
        parent, around, end_of_parent = index + 1, name, end


def _extend_up(
    data: bytes, start: int, ends: Mapping[int, int], floor: int, docs: re.Pattern[bytes] | None
) -> int:
    """Where the unit begins, not before `floor`: its line, or the comments that stand directly on it.

    The documentation nearest to it may have blank lines below.
    """
    line = _line_start(data, start, floor)
    if line < 0 or not (line == start or data[line:start].isspace()):
        start = _extend_left(data, start, ends, max(line, floor))
        if line < 0 or not (line == start or data[line:start].isspace()):
            return start
    begin, column = line, start - line
    while begin > floor:
        stop = _end_above(data, begin, ends, floor, docs if begin == line else None)
        if stop < 0:
            break
        above = _line_start(data, ends[stop], floor)
        if above < 0:
            break
        first = _extend_left(data, ends[stop], ends, above)
        if first - above != column or not (first == above or data[above:first].isspace()):
            break
        begin = above
    return begin


def _end_above(
    data: bytes, begin: int, ends: Mapping[int, int], floor: int, docs: re.Pattern[bytes] | None
) -> int:
    """Where what stands above the line at `begin` ends, -1 where nothing belongs to it.

    Only documentation may have blank lines below, and none where `docs` is None.
    """
    stop = begin - 1
    while stop > floor and stop not in ends and data[stop - 1] in b" \t\r":
        stop -= 1
    if stop in ends:
        return stop
    if docs is None:
        return -1
    while stop > floor and data[stop - 1] in b" \t\r\n":
        stop -= 1
    return stop if stop in ends and docs.match(data, ends[stop], stop) else -1


def _line_start(data: bytes, at: int, floor: int) -> int:
    """Where the line around `at` starts, -1 where that is before `floor`."""
    line = data.rfind(b"\n", floor, at) + 1
    if line or not floor:
        return line
    return floor if data[floor - 1] == _NEWLINE else -1


def _extend_left(data: bytes, start: int, ends: Mapping[int, int], floor: int) -> int:
    """Where the comments and attributes begin that stand before `start` on its line, not before `floor`."""
    while True:
        stop = start
        while stop > floor and data[stop - 1] in b" \t":
            stop -= 1
        if stop <= floor or stop not in ends or ends[stop] < floor:
            return start
        start = ends[stop]


def _extend_down(data: bytes, end: int, line_comment: bytes) -> int:
    """Where the next unit may begin: after the line, its comment, and blank lines."""
    after = _AFTER.match(data, end)
    stop = after.end() if after else end
    if line_comment and data.startswith(line_comment, stop):
        rest = _REST_OF_LINE.match(data, stop)
        stop = rest.end() if rest else stop
    if stop >= len(data):
        return len(data)
    blank = _BLANK_LINES.match(data, stop)
    return blank.end() if blank else end


def _enclose_children(units: list[Unit]) -> None:
    """Let every unit reach to the end of its last child."""
    for unit in reversed(units[1:]):
        parent = units[unit.parent]
        if unit.end > parent.end:
            parent.end = unit.end


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
    """Number units of one name from the second on."""
    seen: dict[str, int] = {}
    for unit in units:
        if unit.name not in seen:
            seen[unit.name] = 1
            continue
        count, name = seen[unit.name], unit.name
        while name in seen:
            count += 1
            name = f"{unit.name}#{count}"
        seen[unit.name] = count
        seen[name] = 1
        unit.name = name

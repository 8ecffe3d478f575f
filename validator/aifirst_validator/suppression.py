"""Suppressions: a comment that says a finding is meant, and why.

`# aifirst: ignore[AF101] generated table` silences the rule on its own line, or on the line below where it
stands alone; on the line of a definition (or directly above it) it silences the rule in the whole unit.
`# aifirst: ignore-file[AF1, secrets] reason` silences it in the file. Codes, rule names and families may be
given; a reason is required, and a suppression without one is itself a finding (AF001).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import msgspec
from aifirst_codebase.reading import Reading

from aifirst_validator.finding import Finding

_SUPPRESSION = re.compile(rb"aifirst:[ \t]*ignore(-file)?[ \t]*(?:\[([^\]\r\n]*)\])?[ \t:-]*([^\r\n]*)")
_MARK = b"aifirst:"
_EVERY: Final = ""
"""Stands for every rule where a suppression names none."""


class Suppression(msgspec.Struct, frozen=True):
    """Rules silenced on the lines `first` to `last` (from 1). `rules` is empty where the comment names none.

    `start` and `end` are the bytes of the comment's directive, `line` where it stands.
    """

    rules: tuple[str, ...]
    first: int
    last: int
    reason: str
    line: int
    start: int
    end: int


def find_suppressions(reading: Reading) -> tuple[Suppression, ...]:
    """The suppressions of a file, in order."""
    data = reading.data
    if _MARK not in data:
        return ()
    matches = [
        (match, comment.own_line)
        for comment in reading.comments
        if (match := _SUPPRESSION.search(data, comment.start, comment.end)) is not None
    ]
    reach = _Reach(reading, [reading.lines.line_of(match.start()) for match, _ in matches])
    return tuple(_suppression(reading, match, own, reach) for match, own in matches)


def _suppression(reading: Reading, match: re.Match[bytes], own_line: bool, reach: _Reach) -> Suppression:
    lines = reading.lines
    line = lines.line_of(match.start())
    whole_file, named, rest = match.groups()
    rules = tuple(
        word.strip() for word in (named or b"").decode("utf-8", "replace").split(",") if word.strip()
    )
    reason = rest.decode("utf-8", "replace").strip().removesuffix("*/").removesuffix("-->").strip()
    if whole_file:
        first, last = 0, lines.line_count
    else:
        target = line + 1 if own_line else line
        first, last = reach.of(line, target)
    return Suppression(rules, first + 1, last + 1, reason, line + 1, match.start(), match.end())


class _Reach:
    """Which lines a suppression silences: the whole unit where its line, or the line below, defines one.

    Looked up once for all lines with a suppression and those below them, so that a file of many suppressions
    and units is read in linear time. Where several units are defined on one line, the first one counts.
    """

    def __init__(self, reading: Reading, marks: Iterable[int]) -> None:
        lines = reading.lines
        wanted = sorted({line for mark in marks for line in (mark, mark + 1)})
        self._reading = reading
        self._defined: dict[int, int] = {}
        """The first unit whose definition, from its code to its name, covers a line."""
        self._leading: dict[int, int] = {}
        """The first unit whose comments and decorators above the code cover a line."""
        for index, unit in enumerate(reading.units[1:], 1):
            first = lines.line_of(unit.code_start)
            for line in _between(wanted, first, lines.line_of(unit.name_start)):
                self._defined.setdefault(line, index)
            for line in _between(wanted, lines.line_of(unit.start), first - 1):
                self._leading.setdefault(line, index)

    def of(self, line: int, target: int) -> tuple[int, int]:
        """The first and last line silenced by a suppression on `line` that is meant for line `target`."""
        found = [index for index in (self._defined.get(target), self._leading.get(line)) if index is not None]
        if not found:
            return min(line, target), target
        unit, lines = self._reading.units[min(found)], self._reading.lines
        return (
            min(line, lines.line_of(unit.code_start)),
            lines.line_of(max(unit.code_end - 1, unit.code_start)),
        )


def _between(lines: Sequence[int], first: int, last: int) -> Sequence[int]:
    """Those of the sorted lines that lie from `first` to `last`."""
    return lines[bisect_left(lines, first) : bisect_right(lines, last)]


class Silencer:
    """Says of findings whether one of the suppressions, with a reason or without, is meant for them.

    For each rule, name or family the stretches of lines are merged, so that a lookup costs a search.
    """

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        found: dict[str, list[tuple[int, int]]] = {}
        for one in suppressions:
            for rule in one.rules or (_EVERY,):
                found.setdefault(rule, []).append((one.first, one.last))
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        for rule, stretches in found.items():
            stretches.sort()
            self._starts[rule] = [first for first, _ in stretches]
            self._ends[rule] = list(accumulate((last for _, last in stretches), max))

    def silences(self, finding: Finding) -> bool:
        """Whether the finding's line is silenced for its rule, name or family, or for every rule."""
        if not self._starts:
            return False
        return any(
            self._covers(rule, finding.line)
            for rule in (_EVERY, finding.rule, finding.name, finding.rule[:3])
        )

    def _covers(self, rule: str, line: int) -> bool:
        # The furthest end of all stretches that begin at or above the line says whether one reaches it.
        at = bisect_right(self._starts.get(rule, ()), line)
        return at > 0 and self._ends[rule][at - 1] >= line

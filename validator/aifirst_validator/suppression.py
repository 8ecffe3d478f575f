"""Suppressions: a comment that says a finding is meant, and why.

`# aifirst: ignore[AF101] generated table` silences the rule on its own line, or on the line below where it
stands alone; on the line of a definition (or directly above it) it silences the rule in the whole unit.
`# aifirst: ignore-file[AF1, secrets] reason` silences it in the file. Codes, rule names and families may be
given; a reason is required, and a suppression without one is itself a finding (AF001).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec
from aifirst_codebase.reading import Reading

from aifirst_validator.finding import Finding

_SUPPRESSION = re.compile(rb"aifirst:[ \t]*ignore(-file)?[ \t]*(?:\[([^\]\r\n]*)\])?[ \t:-]*([^\r\n]*)")
_MARK = b"aifirst:"


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
    found: list[Suppression] = []
    for comment in reading.comments:
        match = _SUPPRESSION.search(data, comment.start, comment.end)
        if match is not None:
            found.append(_suppression(reading, match, comment.own_line))
    return tuple(found)


def _suppression(reading: Reading, match: re.Match[bytes], own_line: bool) -> Suppression:
    lines = reading.lines
    line = lines.line_of(match.start())
    whole_file, named, rest = match.groups()
    rules = tuple(
        word.strip() for word in (named or b"").decode("utf-8", "replace").split(",") if word.strip()
    )
    reason = rest.decode("utf-8", "replace").strip().removesuffix("*/").removesuffix("-->").strip()
    first = last = line
    if whole_file:
        first, last = 0, lines.line_count
    else:
        target = line + 1 if own_line else line
        first, last = _reach(reading, line, target)
    return Suppression(rules, first + 1, last + 1, reason, line + 1, match.start(), match.end())


def _reach(reading: Reading, line: int, target: int) -> tuple[int, int]:
    """The lines silenced by a suppression for line `target`: the whole unit where that line defines one."""
    lines = reading.lines
    for unit in reading.units[1:]:
        first = lines.line_of(unit.code_start)
        name = lines.line_of(unit.name_start)
        if first <= target <= name or (lines.line_of(unit.start) <= line < first):
            return min(line, first), lines.line_of(max(unit.code_end - 1, unit.code_start))
    return min(line, target), target


def silenced(finding: Finding, suppressions: Iterable[Suppression]) -> bool:
    """Whether one of the suppressions, with a reason or without, is meant for the finding."""
    for suppression in suppressions:
        if suppression.first <= finding.line <= suppression.last and (
            not suppression.rules
            or finding.rule in suppression.rules
            or finding.name in suppression.rules
            or finding.rule[:3] in suppression.rules
        ):
            return True
    return False


def unused(suppressions: Sequence[Suppression], findings: Iterable[Finding]) -> list[Suppression]:
    """The suppressions that silence none of the findings."""
    every = list(findings)
    return [one for one in suppressions if not any(silenced(finding, (one,)) for finding in every)]

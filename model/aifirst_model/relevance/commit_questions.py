"""Questions from commits: the message asks, and the lines that the commit changed are what matters.

A text is one unit as it was before the commit. Where the commit only adds lines, those around the place matter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from aifirst_codebase.reading import Reading

from aifirst_model.relevance.question import LineQuestion

_FEWEST_LINES: Final = 8
_LARGEST_SHARE: Final = 0.5
_MOST_COMPARED: Final = 2_000
"""Lines that are compared one by one: where more lies between the first and the last change, it is no small change."""


def changed_lines(before: Sequence[bytes], after: Sequence[bytes]) -> list[int]:
    """The lines, from 0, that differ; of an insertion the two around it. Empty where too much lies between changes."""
    head = 0
    least = min(len(before), len(after))
    while head < least and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < least - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(old), len(new)) > _MOST_COMPARED:
        return []
    found: set[int] = set()
    for tag, start, end, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "insert":
            found |= {head + start - 1, head + start}
        elif tag != "equal":
            found |= set(range(head + start, head + end))
    return sorted(line for line in found if 0 <= line < len(before) and before[line].strip())


def commit_questions(asked: str, reading: Reading, after: bytes) -> list[LineQuestion]:
    """The questions of a file that a commit changed: one for each unit with changed lines, if there is a choice in it."""
    before = reading.data.split(b"\n")
    changed = changed_lines(before, after.split(b"\n"))
    starts = [0]
    for line in before[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    own: dict[int, list[int]] = {}
    for number, line in enumerate(before):
        if line.strip():
            unit = reading.unit_at(starts[number] + len(line) - len(line.lstrip()))
            own.setdefault(unit, []).append(number)
    found: list[LineQuestion] = []
    for unit, numbers in sorted(own.items()):
        wanted = set(numbers) & set(changed)
        if not wanted or len(numbers) < _FEWEST_LINES or len(wanted) > len(numbers) * _LARGEST_SHARE:
            continue
        shown = _with_blanks(numbers, before)
        places = [bisect_right(shown, line) - 1 for line in sorted(wanted)]
        found.append(
            LineQuestion(
                "commit", asked, tuple(before[line].rstrip() for line in shown), tuple(places),
                language=reading.language.name, path=reading.path, unit=reading.units[unit].name,
            )
        )  # fmt: skip
    return found


def _with_blanks(numbers: Sequence[int], lines: Sequence[bytes]) -> list[int]:
    """The lines of a unit with the blank ones between two that follow each other."""
    shown: list[int] = []
    for number in numbers:
        if shown:
            between = range(shown[-1] + 1, number)
            if all(not lines[one].strip() for one in between):
                shown += between
        shown.append(number)
    return shown

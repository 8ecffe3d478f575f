"""Finds the lines that an edit is for, also where the model did not copy them exactly.

Three looks, each only where the one before found nothing: the same lines; the same lines with other white space, the
replacement then indented as the file is; lines that are nearly the same. More than one place is refused unless the edit
says a line: a guess between two is worse than a question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from aifirst_orchestrator.edits.edit import Edit, EditError

How = Literal["exact", "white-space", "near"]
_LEAST_ALIKE = 0.88
"""Of lines that are taken for what was meant: a word more or less in a few lines, and not another statement."""
_AHEAD = 0.04
"""How far the likest place has to be ahead of the next one that does not overlap it."""
_MOST_WORK = 8_000_000
"""Characters of the file times lines of the edit, beyond which nearly equal lines are not looked for."""
_MOST_LIKELY = 40
"""Stretches that look alike at first sight; where there are more, one of them is no more meant than another."""


class Anchor(NamedTuple):
    """Where an edit belongs: lines `start` to `end` (excluded, from 0), what to put there, and how it was found."""

    start: int
    end: int
    lines: list[str]
    how: How


def find_anchor(lines: Sequence[str], edit: Edit) -> Anchor:
    """The place of an edit among the lines of a file, which have no line ends. Raises `EditError`."""
    wanted, replacement = lines_of(edit.search), lines_of(edit.replace)
    if not any(line.strip() for line in wanted):
        raise EditError(f"{edit.path}: the edit searches for empty lines: give lines that are there")
    exact = _places(lines, wanted, _same)
    if exact:
        start = _choose(exact, edit, len(wanted))
        return Anchor(start, start + len(wanted), replacement, "exact")
    wanted, replacement = _without_blank_ends(wanted, replacement)
    loose = _places(lines, wanted, _stripped)
    if loose:
        start = _choose(loose, edit, len(wanted))
        found = list(lines[start : start + len(wanted)])
        return Anchor(start, start + len(wanted), _indented(wanted, found, replacement), "white-space")
    start, end = _nearest(lines, wanted, edit)
    found = list(lines[start:end])
    return Anchor(
        start, end, _as_found(wanted, found, _indented(wanted, found, replacement), replacement), "near"
    )


def lines_of(text: str) -> list[str]:
    """The lines of whole lines, without their ends. Only a line feed ends one: a form feed is of the text."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def _same(line: str) -> str:
    return line


def _stripped(line: str) -> str:
    return " ".join(line.split())


def _places(lines: Sequence[str], wanted: Sequence[str], key: Callable[[str], str]) -> list[int]:
    have, want = [key(line) for line in lines], [key(line) for line in wanted]
    first = want[0]
    return [
        start
        for start in range(len(have) - len(want) + 1)
        if have[start] == first and have[start : start + len(want)] == want
    ]


def _choose(places: Sequence[int], edit: Edit, size: int) -> int:
    """The one place; of several, the one that is nearest to the line that was said, if one is."""
    if len(places) == 1:
        return places[0]
    if edit.near:
        ordered = sorted(places, key=lambda place: abs(place + 1 - edit.near))
        if abs(ordered[0] + 1 - edit.near) < abs(ordered[1] + 1 - edit.near):
            return ordered[0]
    at = ", ".join(str(place + 1) for place in places[:5])
    raise EditError(
        f"{edit.path}: these {size} lines stand in {len(places)} places (lines {at}): "
        "search for more of the lines around the one you mean"
    )


def _without_blank_ends(wanted: list[str], replacement: list[str]) -> tuple[list[str], list[str]]:
    """Both without the blank lines that they begin and end with in common."""
    while len(wanted) > 1 and not wanted[0].strip() and replacement and not replacement[0].strip():
        wanted, replacement = wanted[1:], replacement[1:]
    while len(wanted) > 1 and not wanted[-1].strip() and replacement and not replacement[-1].strip():
        wanted, replacement = wanted[:-1], replacement[:-1]
    return wanted, replacement


def _indented(wanted: Sequence[str], found: Sequence[str], replacement: Sequence[str]) -> list[str]:
    """The replacement, moved as far as the file's lines stand from those that were searched for."""
    said, there = _indent(wanted), _indent(found)
    if said == there:
        return list(replacement)
    return [
        there + line[len(said) :] if line.startswith(said) and line.strip() else line for line in replacement
    ]


def _as_found(
    wanted: Sequence[str], found: Sequence[str], moved: Sequence[str], replacement: Sequence[str]
) -> list[str]:
    """The replacement with every line that the edit does not change as the file has it, however it was copied."""
    whose = _owners(wanted, found)
    lines: list[str] = []
    for tag, first, last, start, end in SequenceMatcher(None, wanted, replacement, False).get_opcodes():
        if tag == "equal":
            lines += [found[at] for index in range(first, last) for at in whose[index]]
        else:
            lines += moved[start:end]
    return lines


def _owners(wanted: Sequence[str], found: Sequence[str]) -> list[list[int]]:
    """For each line that was searched for, the lines of the file that stand where it was meant."""
    whose: list[list[int]] = [[] for _ in wanted]
    have, want = [_stripped(line) for line in found], [_stripped(line) for line in wanted]
    for _, first, last, start, end in SequenceMatcher(None, want, have, False).get_opcodes():
        for at in range(start, end):
            index = min(first + at - start, max(first, last - 1), len(wanted) - 1)
            whose[index].append(at)
    return whose


def _indent(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return first[: len(first) - len(first.lstrip())]


def _nearest(lines: Sequence[str], wanted: Sequence[str], edit: Edit) -> tuple[int, int]:
    """The lines that are most like those that were searched for; a line more or less is looked at too."""
    if sum(map(len, lines)) * len(wanted) > _MOST_WORK or len(wanted) < 2:
        raise _not_found(lines, edit)
    rated = _rated([_stripped(line) for line in lines], [_stripped(line) for line in wanted])
    if not rated or rated[0][0] < _LEAST_ALIKE:
        raise _not_found(lines, edit)
    best, start, end = rated[0]
    apart = [one for one in rated if one[2] <= start or one[1] >= end]
    if apart and best - apart[0][0] < _AHEAD:
        raise EditError(
            f"{edit.path}: lines {start + 1} and {apart[0][1] + 1} are both like what is searched for: "
            "copy the lines exactly"
        )
    return start, end


def _rated(have: Sequence[str], wanted: Sequence[str]) -> list[tuple[float, int, int]]:
    """Every stretch of the file that could be meant: how alike it is, where it begins and ends; the likest first."""
    found: list[tuple[float, int, int]] = []
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2("\n".join(wanted))
    for size in (len(wanted) - 1, len(wanted), len(wanted) + 1):
        for start in range(max(0, len(have) - size + 1)):
            matcher.set_seq1("\n".join(have[start : start + size]))
            if matcher.real_quick_ratio() >= _LEAST_ALIKE and matcher.quick_ratio() >= _LEAST_ALIKE:
                found.append((matcher.ratio(), start, start + size))
                if len(found) > _MOST_LIKELY:
                    return []
    return sorted(found, key=lambda one: (-one[0], one[1], one[2]))


def _not_found(lines: Sequence[str], edit: Edit) -> EditError:
    """The error with the nearest single line, which shows a model what it took for another."""
    first = next(line for line in lines_of(edit.search) if line.strip())
    best = max(
        (
            (SequenceMatcher(None, line.strip(), first.strip()).quick_ratio(), -number, line)
            for number, line in enumerate(lines, 1)
        ),
        default=(0.0, 0, ""),
    )
    hint = f"; line {-best[1]} is {best[2].strip()!r}" if best[0] >= 0.6 else ""
    return EditError(
        f"{edit.path}: the lines that begin with {first.strip()!r} are not there{hint}: copy them from the file"
    )

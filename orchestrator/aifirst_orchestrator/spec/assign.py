"""Gives every requirement to the units that have to meet it.

What is written decides: a unit that names the requirement, or a requirement that names the unit. Where neither does,
the unit whose words are nearest is taken and said to be taken by likeness, so that a person can write the id where it
belongs.
A demand on the whole (an NFR that nobody names) goes to the units that no other unit needs: they are what is called.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from aifirst_orchestrator.spec.document import SpecProblem, SpecRequirement
from aifirst_orchestrator.spec.units import SpecUnit

How = Literal["unit-names-it", "names-the-unit", "by-likeness", "of-the-whole"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LEAST_WORDS = 2
"""Words that a unit has to share to be taken by likeness: one alone ("line") is said of anything."""
_AHEAD = 1.2
"""How far the likest unit has to be ahead of the next one, else both are taken."""


class Assignment(msgspec.Struct, frozen=True):
    """A requirement that a unit has to meet, and how that is known."""

    requirement: str
    unit: str
    how: How


def assign_requirements(
    requirements: Sequence[SpecRequirement], units: Sequence[SpecUnit]
) -> tuple[tuple[Assignment, ...], tuple[SpecProblem, ...]]:
    """Who meets what, in the order of the requirements and units, and which are met by nobody or serve nothing."""
    found: list[Assignment] = []
    problems: list[SpecProblem] = []
    said = [_said_by(unit) for unit in units]
    rarity = _rarity(said)
    for requirement in requirements:
        taken = list(_written(requirement, units)) or list(_likely(requirement, units, said, rarity))
        found.extend(taken)
        if not taken:
            hint = f"name {requirement.id} beside the unit that meets it, or name another unit"
            message = f"no unit meets {requirement.id}: {requirement.text or 'nothing'}"
            problems.append(SpecProblem("spec-coverage", message, hint, requirement.line))
        elif taken[0].how == "by-likeness":
            names = " and ".join(one.unit for one in taken)
            message = f"{requirement.id} is given to {names} by its words alone"
            hint = f"name {requirement.id} beside {taken[0].unit} to be sure"
            problems.append(SpecProblem("spec-likeness", message, hint, requirement.line, "note"))
    problems.extend(_unknown(requirements, units))
    problems.extend(_idle(units, {one.unit for one in found}))
    return tuple(found), tuple(problems)


def _written(requirement: SpecRequirement, units: Sequence[SpecUnit]) -> Iterator[Assignment]:
    words = set(re.findall(r"[\w$]+", requirement.text))
    for unit in units:
        if requirement.id in unit.requirements:
            yield Assignment(requirement.id, unit.name, "unit-names-it")
        elif unit.name in words and _names(requirement.text, unit.name):
            yield Assignment(requirement.id, unit.name, "names-the-unit")


def _names(text: str, name: str) -> bool:
    """Whether a word of a text names a unit; one that is a plain word counts only where it is marked as code."""
    return not _WORD.fullmatch(name) or f"`{name}`" in text or f"`{name}(" in text


def _likely(
    requirement: SpecRequirement,
    units: Sequence[SpecUnit],
    said: Sequence[set[str]],
    rarity: dict[str, float],
) -> Iterator[Assignment]:
    if len(units) == 1:
        yield Assignment(requirement.id, units[0].name, "of-the-whole")
        return
    wanted = _stems(requirement.text)
    shared = [wanted & one for one in said]
    likeness = [
        sum(rarity[word] for word in sorted(one)) if len(one) >= _LEAST_WORDS else 0.0 for one in shared
    ]
    best = max(likeness, default=0.0)
    if best > 0:
        for unit, one in zip(units, likeness, strict=True):
            if one * _AHEAD > best:
                yield Assignment(requirement.id, unit.name, "by-likeness")
    elif not requirement.is_functional:
        needed = {name for unit in units for name in unit.needs}
        for unit in units:
            if unit.name not in needed:
                yield Assignment(requirement.id, unit.name, "of-the-whole")


def _rarity(said: Sequence[set[str]]) -> dict[str, float]:
    """How much a word tells of which unit is meant: the logarithm of all units over those that say it."""
    counts = Counter(word for one in said for word in one)
    return {word: math.log1p(len(said) / count) for word, count in counts.items()}


def _said_by(unit: SpecUnit) -> set[str]:
    return _stems(f"{unit.name} {unit.signature} {unit.told}")


def _stems(text: str) -> set[str]:
    """The words of a text and of its identifiers, cut to what an ending does not change; short ones say nothing."""
    words = (word.lower() for word in _WORD.findall(text.replace("_", " ")))
    return {re.sub(r"(?:ing|ed|es|s|e)$", "", word) for word in words if len(word) > 2} - _EMPTY


_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "the and for are not from that with such one any all has have was its this than then when where which who may "
        "must shall should will can str int float bool none list dict tupl def return self typ non err valu",
    )
)


def _unknown(requirements: Sequence[SpecRequirement], units: Sequence[SpecUnit]) -> Iterator[SpecProblem]:
    known = {requirement.id for requirement in requirements}
    for unit in units:
        for name in unit.requirements:
            if name not in known:
                message = f"{unit.name} names {name}, which the specification does not state"
                yield SpecProblem(
                    "spec-unknown", message, f"state {name}, or name one that is stated", unit.line
                )


def _idle(units: Sequence[SpecUnit], busy: set[str]) -> Iterator[SpecProblem]:
    needed = {name for unit in units for name in unit.needs}
    for unit in units:
        if unit.name not in busy and unit.name not in needed:
            hint = "name the requirement that it serves, or leave it out"
            message = f"no requirement is met by {unit.name}, and no unit needs it"
            yield SpecProblem("spec-idle", message, hint, unit.line, "warning")

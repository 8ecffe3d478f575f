"""Step 7: one ranking of what all steps found, by weighted reciprocal rank (Cormack, Clarke and Buettcher 2009).

A unit scores the sum, over the lists that have it, of the list's weight over 60 plus its rank. Ties go to
the unit of fewer tokens, then by path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from aifirst_memory.context.sources import StepList, UnitPlace

RANK_OFFSET: Final = 60


class Ranked(NamedTuple):
    """A unit with all that speaks for it. `score` falls from 1; `step` is the one that counted most."""

    place: UnitPlace
    score: float
    step: str
    reasons: tuple[str, ...]


def fuse(
    lists: Sequence[StepList],
    tokens_of: Callable[[UnitPlace], int],
    factor_of: Callable[[UnitPlace], float] = lambda _: 1.0,
) -> list[Ranked]:
    """The units of all lists, best first; `factor_of` says what the sum of a unit is multiplied by."""
    shares: dict[UnitPlace, list[tuple[float, str, str]]] = {}
    for one in lists:
        for rank, found in enumerate(one.found, 1):
            shares.setdefault(found.place, []).append(
                (one.weight / (RANK_OFFSET + rank), one.step, found.reason)
            )
    for parts in shares.values():
        if len(parts) > 1:
            parts.sort(key=lambda part: (-part[0], part[1], part[2]))
    scores = {
        place: factor_of(place) * sum([share for share, _, _ in parts]) for place, parts in shares.items()
    }
    best = max(scores.values(), default=1.0)
    ranked = [
        Ranked(
            place, round(scores[place] / best, 6), parts[0][1],
            tuple(dict.fromkeys([reason for _, _, reason in parts if reason])),
        )
        for place, parts in shares.items()
    ]  # fmt: skip
    ranked.sort(key=lambda one: -one.score)
    in_order: list[Ranked] = []
    for _, equal in groupby(ranked, lambda one: one.score):
        several = list(equal)
        if len(several) > 1:  # only then are files looked up
            several.sort(key=lambda one: (tokens_of(one.place), one.place))
        in_order += several
    return in_order

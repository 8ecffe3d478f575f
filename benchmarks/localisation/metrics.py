"""How good a ranked list of files is, for one query and on average."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

DEPTH = 100
"""Places of a ranked list that are looked at."""


class Figures(NamedTuple):
    """Measures of one ranked list, or their means. All are between 0 and 1, more is better.

    `acc1`: the first file is right. `acc5`: every right file is among the first five. `hit5`: some right
    file is. `mrr`: one over the place of the first right file. `map`: precision at the place of each right
    file, averaged over the right files (those not found count 0).
    """

    acc1: float
    acc5: float
    hit5: float
    mrr: float
    map: float


def judge(ranked: Sequence[str], gold: Sequence[str]) -> Figures:
    """The measures of one ranked list of different paths against the right ones."""
    places = sorted(place for place, path in enumerate(ranked[:DEPTH], 1) if path in gold)
    early = sum(place <= 5 for place in places)
    precision = sum(found / place for found, place in enumerate(places, 1)) / len(gold)
    first = 1 / places[0] if places else 0.0
    return Figures(float(first == 1), float(early == len(gold)), float(early > 0), first, precision)


def average(figures: Sequence[Figures]) -> Figures:
    """The means of the measures; zeros for none."""
    count = max(len(figures), 1)
    sums = (sum(column) / count for column in zip(*figures, strict=True))
    return Figures(*sums) if figures else Figures(0, 0, 0, 0, 0)

"""How good an order of lines is, and how sure that is: average precision, recall, hits, intervals over projects."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_KEPT: Final = 0.3
_DRAWS: Final = 2_000


class Measures(NamedTuple):
    """Of one list or on average: `map` average precision, `recall` of the wanted lines where the best 30 % are kept
    (rounded up), `hit` whether the best line is wanted. All from 0 to 1.
    """

    map: float
    recall: float
    hit: float


class Interval(NamedTuple):
    """A mean with the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float


def measure(scores: NDArray[np.floating], wanted: NDArray[np.int8]) -> Measures:
    """The measures of one list that has wanted lines; equal scores keep their order in the text."""
    found = wanted[np.argsort(-scores, kind="stable")]
    places = np.flatnonzero(found) + 1
    if not len(places):
        raise ValueError("nothing is wanted of this list")
    precision = np.arange(1, len(places) + 1) / places
    kept = math.ceil(len(found) * _KEPT)
    return Measures(float(precision.mean()), float(found[:kept].sum() / len(places)), float(found[0]))


def intervals(measured: Mapping[str, Sequence[Sequence[float]]], seed: int = 1) -> tuple[Interval, ...]:
    """For each measure its mean over all lists, with an interval from drawing projects with replacement."""
    sums = np.array([np.sum(several, axis=0) for several in measured.values()])
    counts = np.array([len(several) for several in measured.values()])
    chance = random.Random(seed)  # noqa: S311  a seeded draw, nothing secret
    drawn = np.array([chance.choices(range(len(counts)), k=len(counts)) for _ in range(_DRAWS)])
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)[:, None]
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    middle = sums.sum(axis=0) / counts.sum()
    return tuple(Interval(*map(float, three)) for three in zip(middle, low, high, strict=True))

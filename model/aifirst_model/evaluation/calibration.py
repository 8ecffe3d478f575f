"""How far a model's confidence can be believed: of the answers it gives 0.8, do 80 % pass?

Expected calibration error over bins of equal width (Naeini et al. 2015, as torchmetrics computes it) and of equal mass,
which does not depend on where confidences crowd; Brier's score; the log loss; a reliability table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

BINS = 15
_EDGE = 1e-12


class Guess(msgspec.Struct, frozen=True):
    """One answer: how sure the model was, 0 to 1, and whether it was right. Guesses of one `group` stay together."""

    group: str
    confidence: float
    is_right: bool


class Bin(msgspec.Struct, frozen=True):
    """Guesses of like confidence."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean of the bin."""
    right: float
    """Share of the bin."""


def equal_width_bins(guesses: Sequence[Guess], count: int = BINS) -> list[Bin]:
    """The bins of [0, 1] that hold a guess, each with its lower end; 1 belongs to the last."""
    members: list[list[Guess]] = [[] for _ in range(count)]
    for guess in guesses:
        members[min(count - 1, int(guess.confidence * count))].append(guess)
    return [_bin(inside, at / count, (at + 1) / count) for at, inside in enumerate(members) if inside]


def equal_mass_bins(guesses: Sequence[Guess], count: int = BINS) -> list[Bin]:
    """Bins of as many guesses each as can be; guesses of one confidence are never parted."""
    ordered = sorted(guesses, key=lambda guess: guess.confidence)
    bins: list[Bin] = []
    start = 0
    for at in range(1, count + 1):
        end = max(start, round(at * len(ordered) / count))
        while start < end < len(ordered) and ordered[end].confidence == ordered[end - 1].confidence:
            end += 1
        if end > start:
            inside = ordered[start:end]
            bins.append(_bin(inside, inside[0].confidence, inside[-1].confidence))
            start = end
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between confidence and share of right, weighted by guesses: 0 is perfect."""
    total = sum(each.count for each in bins)
    return math.fsum(each.count * abs(each.right - each.confidence) for each in bins) / total


def brier_score(guess: Guess) -> float:
    """The squared error of one guess; its mean is Brier's score, 0 to 1, lower is better."""
    return (guess.confidence - guess.is_right) ** 2


def log_loss(guess: Guess) -> float:
    """The negative natural logarithm of the chance that was given to what happened."""
    return -math.log(max(_EDGE, guess.confidence if guess.is_right else 1 - guess.confidence))


def _bin(inside: Sequence[Guess], low: float, high: float) -> Bin:
    count = len(inside)
    confidence = math.fsum(guess.confidence for guess in inside) / count
    return Bin(low, high, count, confidence, sum(guess.is_right for guess in inside) / count)

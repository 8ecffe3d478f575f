"""Makes confidence believable after the fact: temperature scaling and Platt scaling, on the logit of the confidence.

Temperature (Guo et al. 2017) divides the logit by one number; Platt (1999) fits slope and offset, with his smoothed
targets, by Newton's method with backtracking (Lin, Lin and Weng 2007). Both losses are convex, so that no general
optimiser is needed. Either is fitted on one half of the groups and reported on the other.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import msgspec

from aifirst_model.evaluation.calibration import Guess

_EDGE = 1e-6
_SLOPES = (1e-3, 1e3)
_ROUNDS = 100


class Scaling(msgspec.Struct, frozen=True):
    """sigmoid(slope * logit + offset); a temperature is 1 / slope."""

    slope: float = 1.0
    offset: float = 0.0

    @property
    def temperature(self) -> float:
        """Above 1 where the model is too sure."""
        return 1 / self.slope if self.slope else math.inf

    def apply(self, guess: Guess) -> Guess:
        """The guess with its confidence scaled."""
        scaled = _sigmoid(self.slope * _logit(guess.confidence) + self.offset)
        return msgspec.structs.replace(guess, confidence=scaled)


def split_guesses(guesses: Sequence[Guess]) -> tuple[list[Guess], list[Guess]]:
    """Two halves, the same every time; guesses of one group, such as answers to one problem, are in one half."""
    groups = sorted(
        {guess.group for guess in guesses}, key=lambda name: hashlib.sha256(name.encode()).digest()
    )
    first = set(groups[: (len(groups) + 1) // 2])
    return [g for g in guesses if g.group in first], [g for g in guesses if g.group not in first]


def fit_temperature(guesses: Sequence[Guess]) -> Scaling:
    """The temperature of least log loss: the slope where its derivative, which only grows, is 0.

    Held within 0.001 to 1000: where all were right, or confidence says the opposite, the least is at an end.
    """
    pairs = [(_logit(guess.confidence), float(guess.is_right)) for guess in guesses]

    def derivative(slope: float) -> float:
        return math.fsum((_sigmoid(slope * z) - y) * z for z, y in pairs)

    low, high = _SLOPES
    if not pairs or derivative(low) >= 0:
        return Scaling(low if pairs else 1.0)
    if derivative(high) <= 0:
        return Scaling(high)
    for _ in range(_ROUNDS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if derivative(middle) < 0 else (low, middle)
    return Scaling(math.sqrt(low * high))


def fit_platt(guesses: Sequence[Guess]) -> Scaling:
    """Slope and offset of least log loss against Platt's targets."""
    right = sum(guess.is_right for guess in guesses)
    wrong = len(guesses) - right
    targets = (1 / (wrong + 2), (right + 1) / (right + 2))
    pairs = [(_logit(guess.confidence), targets[guess.is_right]) for guess in guesses]
    slope, offset = 0.0, math.log((right + 1) / (wrong + 1))
    loss = _loss(pairs, slope, offset)
    for _ in range(_ROUNDS):
        chances = [_sigmoid(slope * z + offset) for z, _ in pairs]
        errors = [(p - t, z) for p, (z, t) in zip(chances, pairs, strict=True)]
        by_slope, by_offset = math.fsum(e * z for e, z in errors), math.fsum(e for e, _ in errors)
        if max(abs(by_slope), abs(by_offset)) < 1e-10:
            break
        curves = [(p * (1 - p), z) for p, (z, _) in zip(chances, pairs, strict=True)]
        a = math.fsum(c * z * z for c, z in curves) + 1e-12
        b, d = math.fsum(c * z for c, z in curves), math.fsum(c for c, _ in curves) + 1e-12
        determinant = a * d - b * b
        move = ((d * by_slope - b * by_offset) / determinant, (a * by_offset - b * by_slope) / determinant)
        step = 1.0
        while step > 1e-10 and _loss(pairs, slope - step * move[0], offset - step * move[1]) > loss:
            step /= 2
        slope, offset = slope - step * move[0], offset - step * move[1]
        loss = _loss(pairs, slope, offset)
    return Scaling(slope, offset)


def _loss(pairs: Sequence[tuple[float, float]], slope: float, offset: float) -> float:
    """The log loss against soft targets, without overflow: log(1 + e^s) - t s."""
    scores = [(slope * z + offset, t) for z, t in pairs]
    return math.fsum(max(s, 0.0) + math.log1p(math.exp(-abs(s))) - t * s for s, t in scores)


def _sigmoid(score: float) -> float:
    if score >= 0:
        return 1 / (1 + math.exp(-score))
    return math.exp(score) / (1 + math.exp(score)) if score > -700 else 0.0


def _logit(confidence: float) -> float:
    inside = min(1 - _EDGE, max(_EDGE, confidence))
    return math.log(inside / (1 - inside))

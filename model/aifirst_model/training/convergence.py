"""When to stop: the best loss so far, patience with what does not get better, and three signs that all has settled.

Everything is worked out from the log, so that a resumed run judges as one that was never interrupted. The signs: the
validation loss is on a plateau, its perplexity changes by less than a hundredth from one evaluation to the next, and the
gradient norm varies little from one logged step to the next. One alone may be chance; together they end a run.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from typing import Final

import msgspec

from aifirst_model.training.run_folder import Line

WINDOW: Final = 3
"""Evaluations, or logged steps, that a sign is read from."""
PERPLEXITY_CHANGE: Final = 0.01
GRADIENT_VARIATION: Final = 0.15
"""Standard deviation of the gradient norm as a share of its mean."""
GRADIENT_WINDOW: Final = 10


class Signs(msgspec.Struct, frozen=True):
    """What the log says; `best_step` is 0 where nothing was evaluated after the start."""

    best_step: int
    best_loss: float | None
    waited: int
    """Evaluations since the last gain."""
    is_plateau: bool
    is_perplexity_settled: bool
    is_gradient_settled: bool

    @property
    def is_converged(self) -> bool:
        """Whether all three have settled."""
        return self.is_plateau and self.is_perplexity_settled and self.is_gradient_settled


def read_signs(log: Sequence[Line], min_delta: float) -> Signs:
    """Judge a log; a fall of the validation loss by less than `min_delta` is no gain."""
    losses = [(line.step, line.evaluation_loss) for line in log if line.evaluation_loss is not None]
    best_step, best_loss, gained, waited = 0, None, math.inf, 0
    for step, loss in losses:
        if best_loss is None or (loss < best_loss and step):
            best_step, best_loss = step, loss
        if loss < gained - min_delta:
            gained, waited = loss, 0
        else:
            waited += 1
    norms = [line.gradient_norm for line in log if line.gradient_norm is not None][-GRADIENT_WINDOW:]
    return Signs(
        best_step, best_loss, waited,
        is_plateau=_is_plateau([loss for _, loss in losses], min_delta),
        is_perplexity_settled=_is_perplexity_settled([loss for _, loss in losses]),
        is_gradient_settled=_is_steady(norms),
    )  # fmt: skip


def _is_plateau(losses: list[float], min_delta: float) -> bool:
    recent = losses[-WINDOW - 1 :]
    return len(recent) > WINDOW and max(recent) - min(recent) < min_delta * WINDOW


def _is_perplexity_settled(losses: list[float]) -> bool:
    recent = losses[-WINDOW - 1 :]
    changes = [abs(math.expm1(after - before)) for before, after in itertools.pairwise(recent)]
    return len(changes) == WINDOW and max(changes) < PERPLEXITY_CHANGE


def _is_steady(norms: list[float]) -> bool:
    if len(norms) < GRADIENT_WINDOW or not all(map(math.isfinite, norms)):
        return False
    middle = statistics.fmean(norms)
    return middle == 0 or statistics.pstdev(norms) / middle < GRADIENT_VARIATION

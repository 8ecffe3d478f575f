"""How sure a mean is, and a difference of means: 95 % intervals over items, and the sign test.

Shares of yes and no get Wilson's interval, which does not shrink to nothing at 0 and 1; other means the percentile
bootstrap over items (Efron), with a fixed seed, so that the same scores give the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESAMPLES: Final = 4000
_SEED: Final = 20_260_101
_Z: Final = 1.959963984540054
_BLOCK: Final = 4_000_000


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """The mean; NaN where all weights are 0."""
    total = math.fsum(weights)
    return math.fsum(v * w for v, w in zip(values, weights, strict=True)) / total if total else math.nan


def interval_of_mean(
    values: Sequence[float], weights: Sequence[float], *, is_share: bool = False
) -> tuple[float, float]:
    """The 95 % interval of a weighted mean of at least one value; `is_share` where 0 and 1 are no and yes."""
    if is_share and set(weights) == {1.0} and set(values) <= {0.0, 1.0}:
        return wilson_interval(math.fsum(values), len(values))
    return _bootstrap(values, weights)


def interval_of_difference(
    values: Sequence[float], others: Sequence[float], weights: Sequence[float], other_weights: Sequence[float]
) -> tuple[float, float]:
    """The 95 % interval of mean(values) - mean(others), the same items in both: whole pairs are drawn."""
    if not (set(weights) == {1.0} == set(other_weights)):
        return _percentiles(_resampled(values, weights) - _resampled(others, other_weights))
    return _bootstrap([a - b for a, b in zip(values, others, strict=True)], weights)


def wilson_interval(right: float, count: int) -> tuple[float, float]:
    """Wilson 1927: the 95 % interval of a share."""
    share = right / count
    middle = (share + _Z * _Z / (2 * count)) / (1 + _Z * _Z / count)
    half = _Z / (1 + _Z * _Z / count) * math.sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def sign_test(better: int, worse: int) -> float:
    """The two-sided exact p that items got better and worse by chance; with yes-or-no scores, McNemar's exact test."""
    count = better + worse
    if not count:
        return 1.0
    tail = sum(math.comb(count, i) for i in range(min(better, worse) + 1)) / 2**count
    return min(1.0, 2 * tail)


def _bootstrap(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    return _percentiles(_resampled(values, weights))


def _resampled(values: Sequence[float], weights: Sequence[float]) -> NDArray[np.float64]:
    """Means of as many items drawn with replacement; the same draws for the same number of items."""
    import numpy as np

    random = np.random.default_rng(_SEED)
    value, weight = np.asarray(values, float), np.asarray(weights, float)
    count = len(value)
    means: list[NDArray[np.float64]] = []
    step = max(1, _BLOCK // count)
    for start in range(0, RESAMPLES, step):
        drawn = random.integers(0, count, (min(step, RESAMPLES - start), count))
        chosen = weight[drawn]
        means.append((value[drawn] * chosen).sum(axis=1) / np.maximum(chosen.sum(axis=1), 1e-300))
    return np.concatenate(means)


def _percentiles(means: NDArray[np.float64]) -> tuple[float, float]:
    import numpy as np

    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)

"""The places of the highest scores, without sorting those that do not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_places(scores: NDArray[np.float32], k: int) -> list[int]:
    """Where the `k` highest scores above 0 are, best first; of equal ones the first."""
    places = np.flatnonzero(scores > 0)
    return places[highest_places(scores[places], k)].tolist()


def highest_places(scores: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Where the `k` highest scores are, whatever they are, best first; of equal ones the first."""
    if len(scores) <= k:
        return np.argsort(-scores, kind="stable")
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    places = np.flatnonzero(scores >= least)
    return places[np.argsort(-scores[places], kind="stable")][:k]

"""The places of the highest scores, without sorting those that do not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_places(scores: NDArray[np.float32], k: int) -> list[int]:
    """Where the `k` highest scores above 0 are, best first; of equal ones the first."""
    places = np.flatnonzero(scores > 0)
    if len(places) > k:
        least = np.partition(scores[places], len(places) - k)[len(places) - k]
        places = places[scores[places] >= least]
    return places[np.argsort(-scores[places], kind="stable")][:k].tolist()

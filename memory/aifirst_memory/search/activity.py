"""How often and how lately every file changed: what a ranking takes from the history whatever the query."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.reader import HistoryReader

_DAY = 86_400.0
_HALF_LIFE_DAYS = 90.0


class Activity(NamedTuple):
    """By position of the files that there are now; 0 for those that git does not know."""

    often: NDArray[np.float32]
    """The commits that changed it, each half as much for every ninety days since, shared among its files."""
    lately: NDArray[np.float32]
    """1 for a file changed now, half as much for every ninety days since."""


def activity(history: HistoryReader, positions: NDArray[np.int64]) -> Activity:
    """The activity of the files that are at these indexes of the history's paths."""
    often = history.summed(history.by_age(_HALF_LIFE_DAYS))
    ages = np.maximum(history.now - history.last_times, 0) / _DAY
    return Activity(by_file_now(positions, often), by_file_now(positions, np.exp2(-ages / _HALF_LIFE_DAYS)))


def by_file_now(positions: NDArray[np.int64], values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Values by index of the history's paths, brought to those indexes; 0 for the index -1."""
    result = np.zeros(len(positions), np.float32)
    known = positions >= 0
    result[known] = values[positions[known]]
    return result

"""The likely files of a ranking that are looked at a second time, and how a column about them is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from aifirst_memory.search.features import Features, Scores

LIKELIEST = 5
"""How many of the candidates all others are compared with."""
_MEANT = 0.5
"""What the meaning of a unit counts beside its words, where its file's best unit is looked for."""


class Candidates(NamedTuple):
    """The best files of code, best first, with their chances, and each one's unit that fits the query best."""

    positions: NDArray[np.intp]
    chances: NDArray[np.float64]
    fits: Scores
    """By unit id: how well it fits, by words and meaning."""
    best_units: NDArray[np.int64]

    def put(self, features: Features, name: str, values: NDArray[np.floating]) -> None:
        """Keep what is said of each candidate as a column, 0 for all other files."""
        column = np.zeros(len(features.files.paths), np.float32)
        column[self.positions] = values
        features.columns[name] = column

    def by_others(self, pairs: NDArray[np.floating]) -> NDArray[np.float64]:
        """What each of the likeliest (a row) makes of each candidate (a column) by its chance, itself left out."""
        few = len(pairs)
        chances = self.chances[:few]
        found = chances @ pairs
        found[:few] -= chances * np.diagonal(pairs)
        return found

    def mean_by_others(self, pairs: NDArray[np.floating]) -> NDArray[np.float64]:
        """The same, shared among those others."""
        chances = self.chances[: len(pairs)]
        others = np.full(pairs.shape[1], chances.sum())
        others[: len(pairs)] -= chances
        return self.by_others(pairs) / (np.maximum(others, 0) + 1e-12)


def find_candidates(features: Features, positions: NDArray[np.intp], scores: Scores) -> Candidates:
    """The files at some positions as candidates, their chances by their scores, the highest first."""
    files = features.files
    fits = np.zeros(len(files.unit_position), np.float32)
    for name, share in (("lexical", 1.0), ("vector", _MEANT)):
        column = features.by_unit.get(name)
        highest = float(column.max(initial=0.0)) if column is not None else 0.0
        if column is not None and highest > 0:
            part = column[: len(fits)]
            fits[: len(part)] += np.float32(share / highest) * part
    firsts, counts = files.first_units[positions].tolist(), files.units[positions].tolist()
    best = [first + int(fits[first : first + n].argmax()) for first, n in zip(firsts, counts, strict=True)]
    chances = np.exp(scores.astype(np.float64) - float(scores[0]))
    return Candidates(positions, chances / chances.sum(), fits, np.array(best, np.int64))

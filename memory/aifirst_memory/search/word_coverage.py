"""Which words of a query each of some files says: anywhere, in its best unit, in names and paths.

Scores add up what is said; this keeps apart by whom, so that a file can be asked what it says that others do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.lexical.postings import FIELDS

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory

_NAME = FIELDS.index("name")
"""From this field on, a word stands in a name or a path."""


@dataclass(frozen=True)
class WordCoverage:
    """Matrices of 0 and 1 with a row a word and a column a file; `worth` is what each word counts, 1 in all."""

    words: Sequence[str]
    worth: NDArray[np.float32]
    anywhere: NDArray[np.float32]
    best_unit: NDArray[np.float32]
    named: NDArray[np.float32]

    def beyond(self, said: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
        """For every column of `others` (a row) and of `said` (a column): the worth of what only the second says."""
        return ((self.worth[:, None] * (1 - others)).T @ said).astype(np.float32)


def cover_words(
    memory: Memory, weights: Mapping[str, float], positions: NDArray[np.intp], best_units: NDArray[np.int64]
) -> WordCoverage:
    """What the files at some positions say of some words, each of which has a weight; rare ones are worth more."""
    words = sorted(weights)
    files = memory.files
    found = memory.lexical.standing(words, best_units)
    ids = int(max(files.file_ids.max(), found.files.max(initial=0))) + 1
    cells = found.words * ids + found.files
    whole, named = np.zeros((2, len(words), ids), np.bool_)
    whole.ravel()[cells] = True
    named.ravel()[cells[found.fields >= _NAME]] = True
    of_best = np.zeros((len(words), len(positions)), np.float32)
    of_best[found.unit_words, found.units] = 1
    in_files = np.count_nonzero(whole, axis=1)
    rarity = np.log1p((len(files.paths) - in_files + 0.5) / (in_files + 0.5)) * (in_files > 0)
    wanted = files.file_ids[positions]
    worth = np.array([weights[word] for word in words]) * rarity
    return WordCoverage(
        words,
        (worth / max(float(worth.sum()), 1e-9)).astype(np.float32),
        whole[:, wanted].astype(np.float32),
        of_best,
        named[:, wanted].astype(np.float32),
    )

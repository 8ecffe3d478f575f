"""The messages' words turned around: for every word the commits that hold it, with what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.columns import Columns

_K1, _B = 1.2, 0.75


class CommitWords:
    """BM25 over messages. What a word adds to a commit is worked out once, since it is the same for all queries."""

    def __init__(self, columns: Columns) -> None:
        self._commits = len(columns.ids)
        owners = np.repeat(np.arange(self._commits, dtype=np.int32), columns.word_counts)
        narrow = columns.words.astype(np.uint16) if len(columns.keys) <= 1 << 16 else columns.words
        order = np.argsort(narrow, kind="stable")
        held = np.bincount(columns.words, minlength=len(columns.keys))
        self._ends = np.cumsum(held)
        self._starts = self._ends - held
        self._keys = columns.keys
        self._owners = owners[order]
        self._worth = _worth(columns, owners, held)[order]

    def counts(self, words: Sequence[int]) -> list[int]:
        """In how many messages each word stands, by its CRC-32."""
        return [end - start for start, end in self._spans(words)]

    def holding(self, words: Sequence[int]) -> list[NDArray[np.int32]]:
        """The commits whose message holds a word, for each of several by their CRC-32."""
        return [self._owners[start:end] for start, end in self._spans(words)]

    def _spans(self, words: Sequence[int]) -> list[tuple[int, int]]:
        """Where the commits of each word begin and end; an empty stretch for one that no message holds."""
        if not len(self._keys):
            return [(0, 0)] * len(words)
        wanted = np.fromiter(words, np.uint32, len(words))
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        known = self._keys[at] == wanted
        starts, ends = np.where(known, self._starts[at], 0), np.where(known, self._ends[at], 0)
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def score(self, weights: Mapping[int, float]) -> NDArray[np.float32]:
        """What each commit scores, for words by their CRC-32."""
        scores = np.zeros(self._commits, np.float32)
        for (start, end), weight in zip(self._spans(tuple(weights)), weights.values(), strict=True):
            if start < end and weight:
                # A commit holds a word once, so no position comes twice.
                scores[self._owners[start:end]] += np.float32(weight) * self._worth[start:end]
        return scores


def _worth(columns: Columns, owners: NDArray[np.int32], held: NDArray[np.int64]) -> NDArray[np.float32]:
    """What each word of each commit adds, in the columns' order."""
    occurrences = columns.occurrences.astype(np.float32)
    lengths = np.bincount(owners, weights=columns.occurrences, minlength=len(columns.ids)).astype(np.float32)
    mean = np.float32(lengths.mean()) if len(lengths) and lengths.any() else np.float32(1)
    rarity = np.log1p((len(columns.ids) - held + 0.5) / (held + 0.5)).astype(np.float32)
    damping = np.float32(_K1) * (np.float32(1 - _B) + np.float32(_B) * lengths / mean)
    worth = rarity[columns.words] * occurrences * np.float32(_K1 + 1) / (occurrences + damping[owners])
    return worth.astype(np.float32, copy=False)

"""Embeds by words alone: a text is the weighted sum of its words' rows, which were learnt beforehand.

The default: needs no model, no tokenizer and no time (tens of thousands of units a second). The rows come from
a sentence transformer and were then adapted to code; `memory/training` tells how.

A word's row in use holds whole numbers, and so does its weight. Sums of them are exact in float32 (up to about
a thousand different words a text), so a vector depends on the words only, not on their order, the batch or the
machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.identity import SHIPPED
from aifirst_memory.embedding.quantise import LEVELS, normalised, unpacked
from aifirst_memory.embedding.static_file import StaticTable, read_static
from aifirst_memory.lexical.words import count_words

MOST_COUNTED = 16
"""A word counts with the square root of its occurrences, up to these."""
WEIGHTS = np.rint(4 * np.sqrt(np.arange(MOST_COUNTED + 1))).astype(np.float32)
AFFIX = 5
"""Letters of the beginning and of the end by which unknown words resemble each other."""
_REMEMBERED = 1 << 14
"""Words whose rows are kept ready at once, beyond those of one call: 6 MB at 192 dimensions."""


class StaticEmbedder:
    """An embedder over a table of word rows; see `open_static`. Threads may share one: its memory has a lock."""

    def __init__(self, table: StaticTable) -> None:
        header = table.header
        self.name = header.name
        self.dimension = header.dimension
        self._table = table
        self._known = _KnownWords(table)
        self._lock = Lock()

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, of length 1; zeros for a text without words."""
        return self.embed_words([count_words(text) for text in texts])

    def embed_words(self, counts: Sequence[Mapping[str, int]]) -> NDArray[np.float32]:
        """One row a text, of length 1, from the counts of its words; zeros where there are none."""
        return normalised(self.sum_words(counts))

    def sum_words(self, counts: Sequence[Mapping[str, int]]) -> NDArray[np.float32]:
        """One row of whole numbers a text: the sum of its words' rows, each by its weight."""
        numbers = {word: at for at, word in enumerate(dict.fromkeys(chain.from_iterable(counts)))}
        values: Iterable[int] = chain.from_iterable(map(_values, counts))
        weights = WEIGHTS[np.minimum(np.fromiter(values, np.intp), MOST_COUNTED)]
        entries = np.fromiter(map(numbers.__getitem__, chain.from_iterable(counts)), np.intp, len(weights))
        return sum_rows(self.rows_of(numbers), entries, weights, map(len, counts))

    def rows_of(self, words: Collection[str]) -> NDArray[np.float32]:
        """The row of each word, in whole numbers."""
        with self._lock:
            return self._known.rows_of(words)


def sum_rows(
    rows: NDArray[np.float32], entries: NDArray[np.intp], weights: NDArray[np.float32], sizes: Iterable[int]
) -> NDArray[np.float32]:
    """For each text the sum of the rows that its entries number, by their weights; a text has `sizes` of them in turn."""
    counts = list(sizes)
    sums = np.zeros((len(counts), rows.shape[1]), np.float32)
    start = 0
    for index, count in enumerate(counts):
        if count:
            end = start + count
            weights[start:end].dot(rows[entries[start:end]], out=sums[index])
            start = end
    return sums


class _KnownWords:
    """The words met so far with their rows, which are worked out when a word is met for the first time."""

    def __init__(self, table: StaticTable) -> None:
        self._table = table
        self._places: dict[str, int] = {}
        largest = 3 * LEVELS * float(np.abs(table.factors).max(initial=0.0))
        kind = np.int16 if largest < np.iinfo(np.int16).max else np.float32
        self._rows: NDArray[Any] = np.zeros((1024, table.header.dimension), kind)

    def rows_of(self, words: Collection[str]) -> NDArray[np.float32]:
        places = self._places
        new = [word for word in dict.fromkeys(words) if word not in places]
        if new:
            if len(places) > _REMEMBERED:
                places.clear()
                new = list(dict.fromkeys(words))
            self._learn(new)
        return self._rows[np.fromiter(map(places.__getitem__, words), np.intp, len(words))].astype(np.float32)

    def _learn(self, new: Sequence[str]) -> None:
        """Give each word a place, and put its row there."""
        places = self._places
        first, end = len(places), len(places) + len(new)
        if end > len(self._rows):
            grown = np.zeros((max(end, 2 * len(self._rows)), self._rows.shape[1]), self._rows.dtype)
            grown[:first] = self._rows[:first]
            self._rows = grown
        places.update(zip(new, range(first, end), strict=True))
        self._rows[first:end] = self._worked_out([word.encode() for word in new])

    def _worked_out(self, words: Sequence[bytes]) -> NDArray[np.float32]:
        """The rows of words, by the table: one of their own, or three that they share with others."""
        table = self._table
        keys = np.fromiter(map(zlib.crc32, words), np.uint32, len(words))
        at = np.minimum(np.searchsorted(table.keys, keys), max(len(table.keys) - 1, 0))
        has_own = table.keys[at] == keys if len(table.keys) else np.zeros(len(words), np.bool_)
        shared = [
            unknown_rows(word, len(table.keys), table.header.buckets)
            for word, known in zip(words, has_own.tolist(), strict=True)
            if not known
        ]
        rows = np.empty((len(words), table.header.dimension), np.float32)
        rows[has_own] = self._parts(at[has_own])
        if shared:
            parts = self._parts(np.array(shared, np.intp).ravel())
            rows[~has_own] = parts.reshape(len(shared), 3, -1).sum(axis=1)
        return rows

    def _parts(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Rows of the table in whole numbers."""
        table = self._table
        return np.rint(unpacked(table.rows[rows], table.header.dimension) * table.factors[rows, None])


def unknown_rows(word: bytes, vocabulary: int, buckets: int) -> tuple[int, int, int]:
    """The rows that stand for a word outside the vocabulary: of its beginning, its end and the whole.

    The last bucket is nobody's: it is the row of zeros.
    """
    shared = buckets - 1
    return (
        vocabulary + zlib.crc32(b"^" + word[:AFFIX]) % shared,
        vocabulary + zlib.crc32(b"$" + word[-AFFIX:]) % shared,
        vocabulary + zlib.crc32(b"=" + word) % shared,
    )


def _values(counts: Mapping[str, int]) -> Iterable[int]:
    return counts.values()


def open_static(path: Path = SHIPPED) -> StaticEmbedder:
    """The embedder that ships with the package, or that of another file. Raises `EmbedderError`."""
    return _opened(path)


@cache
def _opened(path: Path) -> StaticEmbedder:
    return StaticEmbedder(read_static(path))

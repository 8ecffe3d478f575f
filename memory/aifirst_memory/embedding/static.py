"""Embeds by words alone: a text is the weighted sum of its words' rows, which were learnt beforehand.

The default: needs no model, no tokenizer and no time (tens of thousands of units a second). The rows come from
a sentence transformer and were then adapted to code; `memory/training` tells how.

A word's row in use holds whole numbers, and so does its weight. Sums of them are exact in float32 (up to about
a thousand different words a text), so a vector depends on the words only, not on their order, the batch or the
machine.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.identity import SHIPPED
from aifirst_memory.embedding.quantise import normalised, unpacked
from aifirst_memory.embedding.static_file import StaticTable, read_static
from aifirst_memory.lexical.words import count_words

MOST_COUNTED = 16
"""A word counts with the square root of its occurrences, up to these."""
WEIGHTS = np.rint(4 * np.sqrt(np.arange(MOST_COUNTED + 1))).astype(np.float32)
AFFIX = 5
"""Letters of the beginning and of the end by which unknown words resemble each other."""
_REMEMBERED = 1 << 13
"""Words whose rows are kept ready at once, beyond those of one call: 6 MB at 192 dimensions."""
_WORDS_AT_ONCE = 8192


class StaticEmbedder:
    """An embedder over a table of word rows; see `open_static`. Threads may share one: its memory has a lock."""

    def __init__(self, table: StaticTable) -> None:
        header = table.header
        self.name = header.name
        self.dimension = header.dimension
        self._table = table
        self._slots = _Slots(table)
        self._ready: NDArray[np.float32] = np.zeros((1024, header.dimension), np.float32)
        self._lock = Lock()

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, of length 1; zeros for a text without words."""
        return self.embed_words([count_words(text) for text in texts])

    def embed_words(self, counts: Sequence[Mapping[str, int]]) -> NDArray[np.float32]:
        """One row a text, of length 1, from the counts of its words; zeros where there are none."""
        return normalised(self.sum_words(counts))

    def sum_words(self, counts: Sequence[Mapping[str, int]]) -> NDArray[np.float32]:
        """One row of whole numbers a text: the sum of its words' rows, each by its weight."""
        sums = np.zeros((len(counts), self.dimension), np.float32)
        values: Iterable[int] = chain.from_iterable(map(_values, counts))
        weights = WEIGHTS[np.minimum(np.fromiter(values, np.intp), MOST_COUNTED)]
        with self._lock:
            self._sum_rows(counts, weights, sums)
        return sums

    def _sum_rows(
        self, counts: Sequence[Mapping[str, int]], weights: NDArray[np.float32], sums: NDArray[np.float32]
    ) -> None:
        """Add up the rows of each text's words, by their weights, into its row of `sums`."""
        if len(self._slots) > _REMEMBERED:
            self._slots.forget()
        slots = np.fromiter(map(self._slots.__getitem__, chain.from_iterable(counts)), np.intp, len(weights))
        self._make_ready()
        start = 0
        ready = self._ready
        for index, count in enumerate(map(len, counts)):
            if count:
                end = start + count
                weights[start:end].dot(ready[slots[start:end]], out=sums[index])
                start = end

    def _make_ready(self) -> None:
        """Work out the rows of the words that were met for the first time."""
        new = self._slots.new_rows
        if not new:
            return
        used = len(self._slots)
        if used > len(self._ready):
            grown = np.zeros((max(used, 2 * len(self._ready)), self.dimension), np.float32)
            grown[: len(self._ready)] = self._ready
            self._ready = grown
        rows = np.array(new, np.intp).ravel()
        table = self._table
        parts = np.rint(unpacked(table.rows[rows], self.dimension) * table.factors[rows, None])
        self._ready[used - len(new) : used] = parts.reshape(len(new), 3, self.dimension).sum(axis=1)
        new.clear()


class _Slots(dict[str, int]):
    """Where the row of every word met so far stands. `new_rows` has, for those met since it was last cleared, the
    rows of the table that make it up, three each.
    """

    def __init__(self, table: StaticTable) -> None:
        super().__init__()
        self._keys = cast(
            "Sequence[int]", memoryview(cast("Any", table.keys))
        )  # indexing gives plain numbers
        self._buckets = table.header.buckets
        self._nothing = len(table.rows) - 1
        self.new_rows: list[tuple[int, int, int]] = []

    def __missing__(self, word: str) -> int:
        keys = self._keys
        data = word.encode()
        key = zlib.crc32(data)
        at = bisect_left(keys, key)
        if at < len(keys) and keys[at] == key:
            self.new_rows.append((at, self._nothing, self._nothing))
        else:
            self.new_rows.append(unknown_rows(data, len(keys), self._buckets))
        slot = self[word] = len(self)
        return slot

    def forget(self) -> None:
        """Start over."""
        self.clear()
        self.new_rows.clear()


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

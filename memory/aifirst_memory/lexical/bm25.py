"""BM25: how well documents fit the words of a query, for several fields apart.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); the weight of a
word is ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative. Lengths are measured against the mean of
those documents that have anything in the field, since many units have no comments at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Bm25Settings(msgspec.Struct, frozen=True):
    """The two numbers of BM25.

    Code is no prose: what is long there has more to do, so it is held back less than the usual 0.75 does, and a word
    that stands often says little more than one that stands once. Chosen on the tuning projects of
    `benchmarks/localisation`.
    """

    k1: float = 0.6
    """How much a word's second and third occurrence add: 0 for nothing."""
    b: float = 0.2
    """How much long documents are held back: 0 not at all, 1 in full."""


USUAL_BM25 = Bm25Settings()


@dataclass(frozen=True, slots=True)
class Hits:
    """Postings of a query in one segment, row after row; `sizes` says how many each row has.

    A row is `word of the query * fields + field`; a document is `field * size + id`.
    """

    documents: NDArray[np.intp]
    counts: NDArray[np.float32]
    sizes: NDArray[np.int64]

    @property
    def rows(self) -> NDArray[np.intp]:
        """The row of every posting."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)


@dataclass(frozen=True, slots=True)
class Collection:
    """The documents of one kind (units, or files), by field and id; a length of 0 also where there is none."""

    size: int
    """One more than the highest id."""
    number: int
    """Documents that there are."""
    saturation: NDArray[np.float32]
    """For every field and id, flat: k1 (1 - b + b length / mean length)."""

    @classmethod
    def of_lengths(cls, lengths: NDArray[np.float32], number: int, settings: Bm25Settings) -> Collection:
        """The collection of documents with these lengths by (field, id)."""
        filled = np.maximum(np.count_nonzero(lengths, axis=1), 1)
        mean = np.maximum(lengths.sum(axis=1, dtype=np.float64) / filled, 1e-9).astype(np.float32)
        saturation = lengths * (settings.b / mean)[:, None]
        saturation += 1 - settings.b
        saturation *= settings.k1
        return cls(lengths.shape[1], number, saturation.ravel())

    def row_weights(self, several: Sequence[Hits], weights: NDArray[np.float64]) -> NDArray[np.float32]:
        """What each row counts, its rarity with it."""
        found = np.sum([hits.sizes for hits in several], axis=0)
        rarity = np.log1p((self.number - found + 0.5) / (found + 0.5))
        return (rarity * weights).astype(np.float32)

    def posting_scores(
        self, several: Sequence[Hits], weights: NDArray[np.float64]
    ) -> list[NDArray[np.float32]]:
        """What every posting adds to the score of its document; `weights` says what each row counts."""
        row_weights = self.row_weights(several, weights)
        result: list[NDArray[np.float32]] = []
        for hits in several:
            scores = self.saturation.take(hits.documents)
            scores += hits.counts
            np.divide(hits.counts, scores, out=scores)
            scores *= np.repeat(row_weights, hits.sizes)
            result.append(scores)
        return result

    def score(self, several: Sequence[Hits], weights: NDArray[np.float64]) -> NDArray[np.float32]:
        """The scores of all documents, flat, by field and id."""
        total = np.zeros(len(self.saturation), np.float32)
        for hits, scores in zip(several, self.posting_scores(several, weights), strict=True):
            np.add.at(total, hits.documents, scores)
        return total

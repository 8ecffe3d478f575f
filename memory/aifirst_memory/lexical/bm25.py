"""BM25: how well documents fit the words of a query, for several fields apart.

S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); the weight of a
word is ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative. Lengths are measured against the mean of
those documents that have anything in the field, since many units have no comments at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Bm25Settings(msgspec.Struct, frozen=True):
    """The two numbers of BM25."""

    k1: float = 1.2
    """How much a word's second and third occurrence add: 0 for nothing."""
    b: float = 0.75
    """How much long documents are held back: 0 not at all, 1 in full."""


USUAL_BM25 = Bm25Settings()


@dataclass(frozen=True, slots=True)
class Hits:
    """Postings of a query, one entry each: a document, the row of the query it counts for, and how often.

    A document is `field * size + id`; a row is `word of the query * fields + field`.
    """

    documents: NDArray[np.intp]
    rows: NDArray[np.intp]
    counts: NDArray[np.float32]
    found: NDArray[np.int64]
    """For every row of the query its hits."""


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

    def posting_scores(self, hits: Hits, weights: NDArray[np.float64], fields: int) -> NDArray[np.floating]:
        """What every hit adds to the score of its document, each word counted by its weight."""
        rarity = np.log1p((self.number - hits.found + 0.5) / (hits.found + 0.5))
        row_weights = (rarity * np.repeat(weights, fields)).astype(np.float32)
        scores = hits.counts / (hits.counts + self.saturation[hits.documents])
        scores *= row_weights[hits.rows]
        return scores

    def score(self, hits: Hits, weights: NDArray[np.float64], fields: int) -> NDArray[np.float32]:
        """The scores of all documents by (field, id)."""
        scores = self.posting_scores(hits, weights, fields)
        total = np.bincount(hits.documents, weights=scores, minlength=fields * self.size)
        return total.astype(np.float32).reshape(fields, -1)

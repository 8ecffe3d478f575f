"""Okapi BM25 over documents given as word counts (Robertson and Zaragoza 2009, with the idf of Lucene).

Only the words of the query are looked up, so nothing is indexed: a tree of thousands of units costs
milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

K1 = 0.6
B = 0.2
"""As in the product, chosen on the tuning projects: of the usual 1.2 and 0.75 every ranker over code is worse."""


class Document(msgspec.Struct, frozen=True, gc=False):
    """The word counts of one text and how many words it has."""

    counts: dict[str, int]
    length: int


def document_of(counts: dict[str, int]) -> Document:
    """A document of these word counts."""
    return Document(counts, sum(counts.values()))


def score_documents(
    words: Sequence[str], documents: Sequence[Document], *, k1: float = K1, b: float = B
) -> list[float]:
    """The BM25 score of every document for the words of a query, 0 where it has none of them."""
    scores = [0.0] * len(documents)
    mean = sum(document.length for document in documents) / max(len(documents), 1) or 1.0
    norms = [k1 * (1 - b + b * document.length / mean) for document in documents]
    for word in words:
        hits = [(at, times) for at, document in enumerate(documents) if (times := document.counts.get(word))]
        idf = math.log(1 + (len(documents) - len(hits) + 0.5) / (len(hits) + 0.5))
        for at, times in hits:
            scores[at] += idf * times * (k1 + 1) / (times + norms[at])
    return scores

"""What is asked, in the form in which lines are compared with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_WORDS: Final = 24
"""Words of a question that are looked at, the weightiest."""
WordsOf = Callable[[bytes], Sequence[str]]
"""The search words of one identifier."""
RowsOf = Callable[[Collection[str]], NDArray[np.float32]]
"""A vector for each of some words, one row a word."""


class Asked(NamedTuple):
    """The words of a question, the weightiest first: their weights, and what of a project's files say each (0 to 1).

    `vectors` holds a row of length 1 for each word, zeros for one that is not known.
    """

    words: tuple[str, ...]
    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]
    vectors: NDArray[np.float32]


class WordSources(NamedTuple):
    """Where words and their vectors come from, handed over by who has an index: this package has none."""

    words_of: WordsOf
    rows_of: RowsOf


def make_asked(weights: dict[str, float], shares: Callable[[str], float], sources: WordSources) -> Asked:
    """A question from the weights of its words. `shares` says in which share of a project's files a word is said."""
    rarity = {word: float(-np.log(max(shares(word), 1e-3)) / 6.9) for word in weights}
    order = sorted(weights, key=lambda word: (-weights[word] * (0.1 + rarity[word]), word))[:MOST_WORDS]
    return Asked(
        tuple(order),
        np.array([weights[word] for word in order], np.float32),
        np.array([rarity[word] for word in order], np.float32),
        unit_rows(sources.rows_of(order)) if order else np.zeros((0, 1), np.float32),
    )


def unit_rows(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows, each of length 1; those of zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(rows / np.maximum(lengths, 1e-6), np.float32)

"""What the relevance ranker is given of an index: the words of a question, how rare they are, what they mean."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

import numpy as np
from aifirst_model.relevance.asked import Asked, WordSources, make_asked
from aifirst_model.relevance.rank import trees_in_use
from numpy.typing import NDArray

from aifirst_memory.context.candidate import Parts
from aifirst_memory.context.elide import render_parts
from aifirst_memory.context.sources import ContextSources
from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.static import open_static
from aifirst_memory.lexical.words import words_of_identifier
from aifirst_memory.search.query import read_query


@cache
def word_sources() -> WordSources:
    """The words of identifiers as the index has them, and the vectors that ship, whatever the project's embedder is.

    Where these were left out, as in the server that an extension brings along, words mean nothing but themselves.
    """
    try:
        return WordSources(words_of_identifier, open_static().rows_of)
    except (EmbedderError, OSError):
        return WordSources(words_of_identifier, _no_rows)


def _no_rows(words: Collection[str]) -> NDArray[np.float32]:
    return np.zeros((len(words), 1), np.float32)


def read_asked(question: str, shares: Callable[[str], float]) -> Asked:
    """A question as lines are compared with it; `shares` says in which share of the project's files a word is said."""
    return make_asked(read_query(question).weights, shares, word_sources())


def make_parts(sources: ContextSources, question: str) -> Parts | None:
    """What gives units in parts for a question; None for one that says nothing to go by.

    Raises `RelevanceFileError` where the ranker's file is damaged.
    """
    weights = read_query(question).weights
    if not weights:
        return None
    trees_in_use()

    @cache
    def asked() -> Asked:
        shares = sources.word_shares(list(weights))
        return make_asked(weights, lambda word: shares.get(word, 0.0), word_sources())

    return lambda file, index: render_parts(file, index, asked(), word_sources())

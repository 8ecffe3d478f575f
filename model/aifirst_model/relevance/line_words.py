"""What each line of a text says of a question: its words as they stand, and words that mean something near.

Everything is worked out once for each different identifier of the text and then looked up for lines, in arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.asked import Asked, WordSources, unit_rows

Floats = NDArray[np.float32]
_Text = TypeVar("_Text", bytes, str)
_APART: Final = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte == 95 or byte >= 128 else 32 for byte in range(256)
)
_LONGEST_LINE: Final = 400
"""Bytes of a line that are looked at: longer ones are data."""


class LineWords(NamedTuple):
    """For each line: which words of the question it says (lines, words), how near its nearest word comes to each
    (lines, words), how much its identifiers mean the question as a whole, and its identifiers in parallel arrays.
    """

    said: Floats
    near: Floats
    mean: Floats
    lines: NDArray[np.intp]
    identifiers: NDArray[np.intp]
    different: int
    """How many different identifiers the text has."""


def line_words(asked: Asked, lines: Sequence[bytes], sources: WordSources) -> LineWords:
    """Compare the lines of a text with a question."""
    tokens = [line[:_LONGEST_LINE].translate(_APART).split() for line in lines]
    sizes = np.fromiter(map(len, tokens), np.intp, len(tokens))
    names, ids = _numbered(chain.from_iterable(tokens))
    said, near, mean = _identifiers(asked, names, sources)
    of_line = np.repeat(np.arange(len(lines)), sizes)
    shape = len(lines), len(asked.words)
    line_said = np.zeros(shape, np.float32)
    telling = np.asarray(said.any(axis=1), np.bool_)[ids]
    at, word = np.nonzero(said[ids[telling]])
    line_said[of_line[telling][at], word] = 1.0
    line_near, line_mean = np.zeros(shape, np.float32), np.zeros(len(lines), np.float32)
    full = sizes > 0
    if full.any():
        starts = np.concatenate(([0], np.cumsum(sizes[full])[:-1]))
        line_near[full] = np.maximum.reduceat(near[ids], starts, axis=0)
        line_mean[full] = np.maximum.reduceat(mean[ids], starts)
    return LineWords(line_said, line_near, line_mean, of_line, ids, len(names))


def _numbered(texts: Iterable[_Text]) -> tuple[list[_Text], NDArray[np.intp]]:
    """The different ones in order of appearance, and for each text its number among them."""
    several = list(texts)
    different = list(dict.fromkeys(several))
    numbers = dict(zip(different, range(len(different)), strict=True))
    return different, np.fromiter(map(numbers.__getitem__, several), np.intp, len(several))


def _identifiers(
    asked: Asked, names: list[bytes], sources: WordSources
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Of each identifier: which asked words it says, how near it comes to each, and to all of them together."""
    count, width = len(names), len(asked.words)
    said = np.zeros((count, width), np.bool_)
    near, mean = np.zeros((count, width), np.float32), np.zeros(count, np.float32)
    parts = [sources.words_of(name) for name in names]
    sizes = np.fromiter(map(len, parts), np.intp, count)
    different, ids = _numbered(chain.from_iterable(parts))
    if not width or not len(ids):
        return said, near, mean
    words = np.zeros((len(different), width), np.bool_)
    places = {word: place for place, word in enumerate(asked.words)}
    for number, word in enumerate(different):
        if word in places:
            words[number, places[word]] = True
    rows = unit_rows(sources.rows_of(different))
    likeness = np.maximum(rows @ asked.vectors.T, words)  # a word without a vector is at least itself
    together = (asked.weights * asked.rarity) @ asked.vectors
    whole = rows @ (together / max(float(np.linalg.norm(together)), 1e-6))
    full = sizes > 0
    starts = np.concatenate(([0], np.cumsum(sizes[full])[:-1]))
    said[full] = np.logical_or.reduceat(words[ids], starts, axis=0)
    near[full] = np.maximum.reduceat(likeness[ids], starts, axis=0)
    mean[full] = np.maximum.reduceat(whole[ids].astype(np.float32), starts)
    return said, near, mean

"""What each line of a text says of a question: its words as they stand, and words that mean something near.

Everything is worked out once for each different identifier of the text and then looked up for lines, in arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, count
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.asked import Asked, WordSources, unit_rows

Floats = NDArray[np.float32]
_Text = TypeVar("_Text", bytes, str)
_APART: Final = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte == 95 or byte >= 128 else 32 for byte in range(256)
)
_SPACE: Final = 32
_LONGEST_LINE: Final = 400
"""Bytes of a line that are looked at: longer ones are data."""
_FEW: Final = 8
"""Groups below which the rest of each is gone through at once."""
_SMALL_PRODUCT: Final = 1 << 18
"""Multiplications up to which BLAS does not hand a product to its threads, which would spin on afterwards."""


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
    tokens, sizes = _tokens(lines)
    names, ids = _numbered(tokens)
    width = len(asked.words)
    told = _largest(_identifiers(asked, names, sources), ids, sizes)
    of_line = np.repeat(np.arange(len(lines)), sizes)
    said, near = np.ascontiguousarray(told[:, :width]), np.ascontiguousarray(told[:, width:-1])
    return LineWords(said, near, told[:, -1].copy(), of_line, ids, len(names))


def _tokens(lines: Sequence[bytes]) -> tuple[list[bytes], NDArray[np.intp]]:
    """The identifiers of all lines in turn, and how many of them each line has."""
    lengths = np.fromiter(map(len, lines), np.intp, len(lines))
    if lengths.max(initial=0) > _LONGEST_LINE:
        lines = [line[:_LONGEST_LINE] for line in lines]
        np.minimum(lengths, _LONGEST_LINE, out=lengths)
    if not len(lines):
        return [], lengths
    text = b" " + b"\n".join(lines).translate(_APART) + b" "
    inside = np.frombuffer(text, np.uint8) != _SPACE
    begins = inside[1:] & ~inside[:-1]  # of every byte of the text and of the line break behind it
    starts = np.cumsum(lengths + 1) - (lengths + 1)
    return text.split(), np.add.reduceat(begins, starts, dtype=np.intp)


def _numbered(texts: Sequence[_Text]) -> tuple[list[_Text], NDArray[np.intp]]:
    """The different ones in order of appearance, and for each text its number among them."""
    numbers: defaultdict[_Text, int] = defaultdict(count().__next__)
    ids = np.fromiter(map(numbers.__getitem__, texts), np.intp, len(texts))
    return list(numbers), ids


def _largest(values: Floats, ids: NDArray[np.intp], sizes: NDArray[np.intp]) -> Floats:
    """For each group the largest of the values of its members, column by column, zeros for a group of none.

    Group after group, `sizes` has how many of `ids`, which number rows of `values`, are of it. All groups take their
    next member at once: most have few, and `reduceat` takes a call a group.
    """
    found = np.zeros((len(sizes), values.shape[1]), np.float32)
    order = np.argsort(-sizes, kind="stable")
    most = -sizes[order]
    starts = (np.cumsum(sizes) - sizes)[order]
    left = int(np.searchsorted(most, 0))
    largest, done = values.take(ids[starts[:left]], axis=0), 1
    while (left := int(np.searchsorted(most, -done))) > _FEW:
        np.maximum(largest[:left], values.take(ids[starts[:left] + done], axis=0), out=largest[:left])
        done += 1
    for at, (start, size) in enumerate(zip(starts[:left].tolist(), most[:left].tolist(), strict=True)):
        rest = values.take(ids[start + done : start - size], axis=0)
        np.maximum(largest[at], rest.max(axis=0), out=largest[at])
    found[order[: len(largest)]] = largest
    return found


def _identifiers(asked: Asked, names: Sequence[bytes], sources: WordSources) -> Floats:
    """Of each identifier, in columns: which asked words it says, how near it comes to each, and to all together."""
    width = len(asked.words)
    parts = [sources.words_of(name) for name in names]
    sizes = np.fromiter(map(len, parts), np.intp, len(parts))
    different, ids = _numbered(list(chain.from_iterable(parts)))
    if not width or not different:
        return np.zeros((len(names), 2 * width + 1), np.float32)
    told = np.zeros((len(different), 2 * width + 1), np.float32)
    numbers = dict(zip(different, range(len(different)), strict=True))
    for place, word in enumerate(asked.words):
        if word in numbers:
            told[numbers[word], place] = 1.0
    rows = unit_rows(sources.rows_of(different))
    near = told[:, width:-1]
    at_once = max(1, _SMALL_PRODUCT // asked.vectors.size)
    for start in range(0, len(rows), at_once):
        near[start : start + at_once] = rows[start : start + at_once] @ asked.vectors.T
    np.maximum(near, told[:, :width], out=near)  # a word without a vector is at least itself
    together = (asked.weights * asked.rarity) @ asked.vectors
    told[:, -1] = rows @ (together / max(float(np.linalg.norm(together)), 1e-6))
    return _largest(told, ids, sizes)

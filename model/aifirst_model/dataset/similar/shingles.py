"""A text as the set of its shingles, each a number of 64 bits: what likeness is measured on.

A shingle is five tokens in a row, a token a word or a sign; white space does not matter. The numbers do not depend on
the process or the machine. Two shingles of a million meeting by chance is one in 10^7 and would only move a likeness
by a hair.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]

SHINGLE: Final = 5
_TOKEN = re.compile(r"\w+|[^\w\s]")
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_OTHER: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(29)
_MOST_KNOWN: Final = 400_000


class TokenNumbers(dict[str, int]):
    """The number of each token, worked out when first asked for; forgets all of them before it grows too large."""

    def __missing__(self, token: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        number = self[token] = self.number_of(token)
        return number

    def number_of(self, token: str) -> int:
        """The number of a token that is asked about for the first time."""
        digest = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8)
        return int.from_bytes(digest.digest())

    def of(self, tokens: Sequence[str]) -> Numbers:
        """The numbers of tokens in their order."""
        return np.fromiter(map(self.__getitem__, tokens), np.uint64, len(tokens))


def tokens_of(text: str) -> list[str]:
    """The words and signs of a text in order."""
    return _TOKEN.findall(text)


def rolled(numbers: Numbers, length: int) -> Numbers:
    """A number for every `length` numbers in a row; none where there are fewer.

    Put together of runs of 1, 2, 4, 8 and so on, so that a run of 24 takes five rounds and not twenty-four.
    """
    count = len(numbers) - length + 1
    if count <= 0:
        return numbers[:0]
    power, size, taken = numbers, 1, 0
    found: Numbers | None = None
    while True:
        if length & size:
            part = power[taken : taken + count]
            found = part if found is None else _joined(found, part)
            taken += size
        if size * 2 > length:
            return numbers[:0] if found is None else found
        power = _joined(power[:-size], power[size:])
        size *= 2


def _joined(first: Numbers, second: Numbers) -> Numbers:
    """A number for each pair, another one for the two the other way round."""
    mixed = first * _FACTOR
    mixed ^= second
    mixed *= _OTHER
    mixed ^= mixed >> _SHIFT
    return mixed


def shingles_of(text: str, known: TokenNumbers) -> Numbers:
    """The sorted shingles of a text, each once; a text of fewer than five tokens has one, of all of them."""
    numbers = known.of(tokens_of(text))
    return np.unique(rolled(numbers, min(SHINGLE, max(len(numbers), 1))))


def jaccard(one: Numbers, other: Numbers) -> float:
    """How much of both sets is in each, from 0 to 1; two empty sets are the same."""
    if not len(one) and not len(other):
        return 1.0
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)

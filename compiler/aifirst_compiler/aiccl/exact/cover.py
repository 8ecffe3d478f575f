"""A text in the symbols of a map that is there: of all ways to write it with them, one of the fewest tokens.

Every place where an entry's full text stands is found by its tokens, all entries of one length at a time; then the
shortest way through the text is taken from its end to its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from aifirst_codebase.tokens.openai_bpe import load_byte_pairs
from numpy.typing import NDArray

from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.exact.tokens_of_texts import TokenSequence, number_tokens

_BASE = 0x9E3779B97F4A7C15
_MAX_LENGTH = 512
"""Tokens of an entry that is looked for: longer ones are rare and cost as much to look for."""


def cover(texts: Sequence[str], full: dict[str, str], tokenizer: str) -> TokenSequence:
    """The texts as a sequence of tokens and symbols; `full` are the symbols' texts, fully expanded."""
    encoding = load_byte_pairs(tokenizer)
    symbols = list(full)
    numbered = number_tokens([*texts, *full.values()], encoding)
    tokens: list[int] = numbered.sequence.tolist()
    ends = np.flatnonzero(numbered.sequence == 0).tolist()
    behind = ends[len(texts) - 1] + 1 if texts else 0
    starts = [end + 1 for end in ends[len(texts) - 1 : -1]] if texts else []
    phrases = [tokens[start:end] for start, end in zip(starts, ends[len(texts) :], strict=True)]
    places = _find(numbered.sequence[:behind], phrases, tokens)
    joined = set(symbols_of(tokenizer).spaced)
    spaces = _Spaces(
        {number for number, text in enumerate(numbered.texts) if text == " "},
        {number for number, text in enumerate(numbered.texts) if text and not text.strip(" ")},
        [symbol in joined for symbol in symbols],
    )
    chosen = _shortest(tokens[:behind], phrases, places, len(numbered.texts), spaces)
    return TokenSequence(np.array(chosen, np.int64), [*numbered.texts, *symbols])


class _Spaces(NamedTuple):
    """Tokens that are one space, those that are spaces, and whether each symbol is one token with a space before it."""

    one: set[int]
    several: set[int]
    joined: list[bool]


def _find(
    sequence: NDArray[np.int64], phrases: Sequence[Sequence[int]], tokens: Sequence[int]
) -> dict[int, list[int]]:
    """Which phrases of two tokens and more begin at each place of the sequence."""
    of_length: dict[int, dict[tuple[int, ...], int]] = {}
    for index, phrase in enumerate(phrases):
        if 1 < len(phrase) <= _MAX_LENGTH:
            of_length.setdefault(len(phrase), {}).setdefault(tuple(phrase), index)
    found: dict[int, list[int]] = {}
    sums = _sums(sequence.astype(np.uint64))
    for length in sorted(of_length):
        if length > len(sequence):
            break
        wanted = of_length[length]
        power = np.uint64(pow(_BASE, length, 1 << 64))
        hashes = sums[length:] - sums[:-length] * power
        rows = np.array(list(wanted), np.uint64)
        row_hashes = np.zeros(len(rows), np.uint64)
        for column in range(length):
            row_hashes = row_hashes * np.uint64(_BASE) + _mixed(rows[:, column])
        for place in np.flatnonzero(np.isin(hashes, row_hashes)).tolist():
            index = wanted.get(tuple(tokens[place : place + length]))
            if index is not None:
                found.setdefault(place, []).append(index)
    return found


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (numbers + np.uint64(1)) * np.uint64(0xD1342543DE82EF95)


def _sums(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes of all beginnings of the sequence; made in blocks, because each depends on the one before it."""
    mixed = _mixed(numbers).tolist()
    mask = (1 << 64) - 1
    sums = [0]
    value = 0
    for number in mixed:
        value = (value * _BASE + number) & mask
        sums.append(value)
    return np.array(sums, np.uint64)


def _shortest(
    tokens: Sequence[int],
    phrases: Sequence[Sequence[int]],
    places: dict[int, list[int]],
    first: int,
    spaces: _Spaces,
) -> list[int]:
    """The sequence of the fewest tokens; symbol `index` is the number `first + index`.

    The last of some spaces is one token with the symbol behind it, or by itself.
    """
    cost = [0] * (len(tokens) + 1)
    step = [-1] * (len(tokens) + 1)
    for place in range(len(tokens) - 1, -1, -1):
        token, behind = tokens[place], step[place + 1]
        least = cost[place + 1] + 1
        if behind >= 0 and token in spaces.several:
            least += (not spaces.joined[behind]) - (token in spaces.one)
        for index in places.get(place, ()):
            other = cost[place + len(phrases[index])] + 1
            if other < least:
                least, step[place] = other, index
        cost[place] = least
    chosen: list[int] = []
    place = 0
    while place < len(tokens):
        index = step[place]
        chosen.append(tokens[place] if index < 0 else first + index)
        place += 1 if index < 0 else len(phrases[index])
    return chosen

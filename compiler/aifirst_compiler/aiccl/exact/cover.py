"""A text in the symbols of a map that is there: of all ways to write it with them, one of the fewest tokens.

Every place where an entry's full text stands is found by its tokens; then the shortest way through the text is taken
from its end to its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from aifirst_codebase.tokens.openai_bpe import load_byte_pairs

from aifirst_compiler.aiccl.exact.phrases import find_phrases
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.exact.tokens_of_texts import TokenSequence, number_tokens


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
    places: dict[int, list[int]] = {}
    for index, found in enumerate(find_phrases(numbered.sequence[:behind], phrases)):
        for place in found:
            places.setdefault(place, []).append(index)
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

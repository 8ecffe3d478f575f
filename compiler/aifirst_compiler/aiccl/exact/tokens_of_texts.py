"""Texts as one sequence of small numbers, a number for each token, and what text each number stands for.

ASCII is cut as the tokenizer cuts it. Everything else is cut at the ends of its runs, because a token of the
tokenizer may be a part of a character, which no text can hold alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from aifirst_codebase.tokens.openai_bpe import BytePairs

from aifirst_compiler.aiccl.exact.pairs import Ids

_BEHIND_TOKENS = 1 << 24
"""A number behind those of all tokens."""

_ASCII_AND_OTHER = re.compile(r"([^\x00-\x7f]+)")


class TokenSequence(NamedTuple):
    """All texts one behind the other, each ended by BARRIER; `texts[number]` is what a number stands for."""

    sequence: Ids
    texts: list[str]


def number_tokens(texts: Sequence[str], encoding: BytePairs) -> TokenSequence:
    """The texts' tokens, numbered from 1 in the order of the tokenizer's own numbers; 0 is the barrier."""
    found: list[int] = []
    others: dict[str, int] = {}
    for text in texts:
        for index, piece in enumerate(_ASCII_AND_OTHER.split(text)):
            if index % 2:
                found.append(others.setdefault(piece, _BEHIND_TOKENS + len(others)))
            else:
                found.extend(encoding.encode(piece))
        found.append(-1)
    kinds, sequence = np.unique(np.array(found, np.int64), return_inverse=True)
    other_texts = list(others)
    numbered: list[str] = [
        encoding.decode([kind]) if kind < _BEHIND_TOKENS else other_texts[kind - _BEHIND_TOKENS]
        for kind in list[int](kinds[1:].tolist())
    ]
    return TokenSequence(sequence.astype(np.int64), ["", *numbered])

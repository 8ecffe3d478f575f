"""The characters that stand for repeated text: those that cost one token and can be mistaken for nothing.

Letters of scripts without case, because the tokenizer's rules never join them with Latin words, digits or signs
into a token of another count. Left out: what Unicode's normal forms would change on the way, what is written from
right to left, and Hangul's single letters, which join into syllables.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

from aifirst_codebase.tokens.openai_bpe import load_byte_pairs

_FIRST, _BEHIND = 0x00C0, 0xD7A4


class Symbols(NamedTuple):
    """Characters of one token: in `spaced` those that are one token together with a space before them, too."""

    spaced: str
    others: str


@cache
def symbols_of(tokenizer: str) -> Symbols:
    """The characters in the order in which they are given out."""
    count = load_byte_pairs(tokenizer).count
    found = [sign for sign in map(chr, range(_FIRST, _BEHIND)) if _is_apart(sign) and count(sign) == 1]
    spaced = [sign for sign in found if count(" " + sign) == 1]
    others = [sign for sign in found if count(" " + sign) == 2]
    return Symbols("".join(spaced), "".join(others))


def _is_apart(sign: str) -> bool:
    return (
        unicodedata.category(sign) == "Lo"
        and unicodedata.bidirectional(sign) == "L"
        and unicodedata.is_normalized("NFKC", sign)
        and not "\u1100" <= sign <= "\u11ff"
    )

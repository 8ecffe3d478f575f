"""OpenAI's byte-pair encodings without a compiled module: the same counts as `bpe-openai`, at a fifth of its speed.

It serves where that wheel is not: in the server that the extension brings along. All that a text needs a thousand
times runs in C: `re` splits it into pieces, and a dictionary knows how many tokens each piece is. Python runs only for
a piece that was not met before. Left out: special tokens, which are plain text here as everywhere in aifirst.

Source of the patterns: https://github.com/openai/tiktoken, `tiktoken_ext/openai_public.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from aifirst_codebase.tokens.merge_bytes import merge_bytes
from aifirst_codebase.tokens.vocabulary import Letters, Vocabulary

_REMEMBERED_PIECES: Final = 200_000
"""Pieces of which the count is kept: those of some 50 MB of code, in about as many bytes as the vocabulary takes."""

_ASCII: Final = Letters("", "", "", "", "")


class _Counts(dict[str, int]):
    """How many tokens a piece is, found at its first use."""

    def __init__(self, tokens_of: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._tokens_of = tokens_of

    def __missing__(self, piece: str) -> int:
        count = len(self._tokens_of(piece))
        self[piece] = count
        return count


class PortableBytePairs:
    """One encoding, as `BytePairs` describes it."""

    def __init__(self, encoding: str, vocabulary: Vocabulary) -> None:
        self._tokens = vocabulary.tokens
        self._ranks = dict(zip(vocabulary.tokens, range(len(vocabulary.tokens)), strict=True))
        self._letters = vocabulary.letters
        self._pattern = _PATTERNS[encoding]
        self._counts = _Counts(self._tokens_of)
        self._ascii = re.compile(self._pattern(_ASCII))

    def count(self, text: str) -> int:
        """The number of tokens in `text`; raises `UnicodeEncodeError` for half of a surrogate pair."""
        counts = self._counts
        count = sum(map(counts.__getitem__, self._split(text)))
        if len(counts) > _REMEMBERED_PIECES:
            counts.clear()
        return count

    def encode(self, text: str) -> list[int]:
        """The tokens of `text`, by their ranks."""
        ranks = self._ranks
        return [ranks[token] for piece in self._split(text) for token in self._tokens_of(piece)]

    def decode(self, tokens: list[int]) -> str:
        """The text of `tokens`; raises `UnicodeDecodeError`, a `ValueError`, where they end within a character."""
        return "".join([self._tokens[token] for token in tokens]).encode("latin-1").decode()

    def _split(self, text: str) -> list[str]:
        return (self._ascii if text.isascii() else self._unicode).findall(text)

    @cached_property
    def _unicode(self) -> re.Pattern[str]:
        return re.compile(self._pattern(self._letters))  # 30 ms, which only text beyond ASCII has to pay

    def _tokens_of(self, piece: str) -> list[str]:
        data = piece if piece.isascii() else piece.encode().decode("latin-1")
        return [data] if data in self._ranks else merge_bytes(data, self._ranks)


def _o200k(more: Letters) -> str:
    letters, numbers, spaces = f"A-Za-z{more.letters}", f"0-9{more.numbers}", f"\\t-\\r {more.spaces}"
    uppers, lowers = f"A-Z{more.uppers}", f"a-z{more.lowers}"
    short = r"(?:'(?:[sStTmMdDſ]|[rR][eE]|[vV][eE]|[lL][lL]))?+"
    ways = (
        rf"[^\r\n{letters}{numbers}]?[{uppers}]*[{lowers}]++{short}",
        rf"[^\r\n{letters}{numbers}]?[{uppers}]++[{lowers}]*+{short}",
        rf"[{numbers}]{{1,3}}+",
        rf" ?[^{spaces}{letters}{numbers}]++[\r\n/]*+",
        rf"[{spaces}]*[\r\n]++",
        rf"[{spaces}]+(?![^{spaces}])",
        rf"[{spaces}]++",
    )
    return "|".join(ways)


def _cl100k(more: Letters) -> str:
    letters, numbers, spaces = f"A-Za-z{more.letters}", f"0-9{more.numbers}", f"\\t-\\r {more.spaces}"
    ways = (
        r"'(?:[sStTmMdDſ]|[rR][eE]|[vV][eE]|[lL][lL])",
        rf"[^\r\n{letters}{numbers}]?+[{letters}]++",
        rf"[{numbers}]{{1,3}}+",
        rf" ?[^{spaces}{letters}{numbers}]++[\r\n]*+",
        rf"[{spaces}]*[\r\n]",
        rf"[{spaces}]+(?![^{spaces}])",
        rf"[{spaces}]",
    )
    return "|".join(ways)


_PATTERNS: Final[dict[str, Callable[[Letters], str]]] = {"o200k_base": _o200k, "cl100k_base": _cl100k}

"""Derives the data of an encoding from an installed `bpe-openai`, for who packs it: nothing is downloaded.

The tokens come from the wheel's own table. How characters are classed is asked of its compiled module, one character
after another, so that both split by the same version of Unicode.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from aifirst_codebase.tokens.openai_bpe import load_native
from aifirst_codebase.tokens.vocabulary import Letters, Vocabulary

_PLANES_WITH_CHARACTERS: Final = ((0x80, 0xD800), (0xE000, 0x40000), (0xE0000, 0xE1000))
"""Of Unicode; what lies between and behind them is not assigned, or is a surrogate or private."""


def derive_vocabulary(encoding: str) -> Vocabulary:
    """The data of `encoding`; raises `ModuleNotFoundError` without `bpe-openai`."""
    return Vocabulary(_letters(load_native("o200k_base").pretokenize), _tokens(encoding))


def _tokens(encoding: str) -> list[str]:
    package = find_spec("bpe_openai")
    folders = list(package.submodule_search_locations or ()) if package else []
    if not folders:
        raise ModuleNotFoundError("bpe_openai is needed to derive the data of an encoding", name="bpe_openai")
    with gzip.open(Path(folders[0]) / "data" / f"{encoding}.tiktoken.gz") as lines:
        pairs = [line.split() for line in lines]
    ranked = sorted((int(rank), base64.b64decode(token).decode("latin-1")) for token, rank in pairs)
    if [rank for rank, _ in ranked] != list(range(len(ranked))):
        raise ValueError(f"the ranks of {encoding} have gaps")
    return [token for _, token in ranked]


def _letters(split: Callable[[str], list[str]]) -> Letters:
    """What each character is, seen from how `o200k_base` splits it from its neighbours."""
    letters: list[int] = []
    numbers: list[int] = []
    spaces: list[int] = []
    uppers: list[int] = []
    lowers: list[int] = []
    for code in _characters():
        one = chr(code)
        is_mark_or_sign = len(split(f"!!{one}")) == 1
        is_number = len(split(f"1{one}")) == 1
        is_word = len(split(f"A{one}")) == 1
        if is_number:
            numbers.append(code)
        elif is_word and not is_mark_or_sign:
            letters.append(code)
        elif not is_mark_or_sign:
            spaces.append(code)
        if is_word and len(split(f"{one}Aa")) == 1:
            uppers.append(code)
        if len(split(f"a{one}")) == 1:
            lowers.append(code)
    return Letters(_ranges(letters), _ranges(numbers), _ranges(spaces), _ranges(uppers), _ranges(lowers))


def _characters() -> Iterator[int]:
    for first, end in _PLANES_WITH_CHARACTERS:
        yield from range(first, end)


def _ranges(codes: Iterable[int]) -> str:
    """`codes`, which ascend, as ranges of a class; none of them means anything to `re`."""
    found: list[list[int]] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in found)

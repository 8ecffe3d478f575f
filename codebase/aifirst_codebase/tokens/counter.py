"""Which tokenizer counts, chosen by name.

`o200k_base` and `cl100k_base` come with the package that counts them, so the first count needs no
download. Anything else is the path of a Hugging Face `tokenizer.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from aifirst_codebase.tokens.tokenizer_error import TokenizerError


class TokenCounter(msgspec.Struct, frozen=True):
    """Counts tokens of a text the way one named tokenizer does.

    `splits_at_lines` says that no token reaches over the start of a line whose first character is
    neither white space nor a slash, so counts of whole lines add up to the count of the file.
    """

    name: str
    count: Callable[[str], int]
    splits_at_lines: bool


def _count_nothing(_: str) -> int:
    return 0


UNCOUNTED: Final = TokenCounter("none", _count_nothing, False)
"""For who reads a file and asks for no tokens: every count is 0."""


@cache
def get_counter(name: str = "o200k_base") -> TokenCounter:
    """The counter called `name`; raises `TokenizerError` where there is none."""
    if name in {"o200k_base", "cl100k_base"}:
        from aifirst_codebase.tokens.openai_bpe import load_count

        return TokenCounter(name, load_count(name), True)
    if name.endswith(".json") or "/" in name:
        from aifirst_codebase.tokens.huggingface import load_count_from_file

        return TokenCounter(name, load_count_from_file(Path(name)), False)
    raise TokenizerError(
        f"unknown tokenizer {name!r}: use o200k_base, cl100k_base, or the path of a tokenizer.json"
    )

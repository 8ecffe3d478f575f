"""Token counts that are remembered: of a text that is typed in, all pieces but one are as they were a key ago."""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec
from aifirst_codebase.tokens import get_counter
from aifirst_codebase.tokens.counter import TokenCounter

_MOST = 8192
"""Pieces that are remembered, some hundred bytes each: more than a file has that anybody types in."""


@cache
def remembering_counter(name: str) -> TokenCounter:
    """The counter called `name`, with a memory; raises `TokenizerError` where there is none."""
    counter = get_counter(name)
    return msgspec.structs.replace(counter, count=lru_cache(maxsize=_MOST)(counter.count))

"""What was unpacked once is kept by its bytes, which say it all, beyond the run that asked; all of it can be let go of.

A run that is to be sparing with memory lets go again and again: what is unpacked is ten times as large as its bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Unpacked = TypeVar("Unpacked")
Packed = TypeVar("Packed")

_forget: list[Callable[[], None]] = []


def remembering(most: int, unpack: Callable[[Packed], Unpacked]) -> Callable[[Packed], Unpacked]:
    """The function with a memory of so many results."""
    kept = lru_cache(most)(unpack)
    _forget.append(kept.cache_clear)
    return kept


def forget_unpacked() -> None:
    """Let go of everything that is remembered."""
    for forget in _forget:
        forget()

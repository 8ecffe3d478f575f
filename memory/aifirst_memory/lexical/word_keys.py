"""The numbers that stand for words in the index."""

from __future__ import annotations

import zlib

_CACHED = 500_000


class _Keys(dict[str, int]):
    """The key of every word seen so far."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHED:
            self.clear()
        key = self[word] = zlib.crc32(word.encode("utf-8", "replace"))
        return key


word_key = _Keys().__getitem__
"""The number that stands for a word in the index."""

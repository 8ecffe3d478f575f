"""Makes the lexical part of a file's record from the words of its units."""

from __future__ import annotations

import sys
import zlib
from array import array

from aifirst_memory.lexical.file_words import FileWords
from aifirst_memory.lexical.part import LexicalPart

_CACHED = 500_000


def word_key(word: str) -> int:
    """The number that stands for a word in the index."""
    return _keys[word]


def extract_lexical(words: FileWords) -> LexicalPart:
    """The part of a file, without the words of its path."""
    return LexicalPart(
        words=_little_endian(array("I", map(_keys.__getitem__, words.vocabulary))),
        entries=_little_endian(words.entries),
        counts=words.counts,
        sizes=_little_endian(words.sizes),
        lengths=_little_endian(words.lengths),
    )


def _little_endian(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


class _Keys(dict[str, int]):
    """The key of every word seen so far."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHED:
            self.clear()
        key = self[word] = zlib.crc32(word.encode("utf-8", "replace"))
        return key


_keys = _Keys()

"""Makes the lexical part of a file's record from the words of its units."""

from __future__ import annotations

import sys
from array import array

from aifirst_memory.lexical.file_words import FileWords
from aifirst_memory.lexical.part import LexicalPart
from aifirst_memory.lexical.word_keys import word_key


def extract_lexical(words: FileWords) -> LexicalPart:
    """The part of a file, without the words of its path."""
    return LexicalPart(
        words=_little_endian(array("I", map(word_key, words.vocabulary))),
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

"""Makes the lexical part of a file's record from the words of its units."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from itertools import chain, count

from aifirst_memory.lexical.part import LexicalPart
from aifirst_memory.lexical.unit_words import UnitWords

_CACHED = 500_000
_MOST_COUNTED = 255


def word_key(word: str) -> int:
    """The number that stands for a word in the index."""
    return _keys[word]


def extract_lexical(units: Sequence[UnitWords]) -> LexicalPart:
    """The part of a file with these units, without the words of its path (the name of unit 0)."""
    counted = [u.code for u in units]
    counted += [u.glue for u in units]
    counted.append({})
    counted += [u.name for u in units[1:]]
    words = list(chain.from_iterable(counted))
    vocabulary = dict(zip(dict.fromkeys(words), count()))
    entries = array("H" if len(vocabulary) <= 1 << 16 else "I", map(vocabulary.__getitem__, words))
    values = list(map(dict[str, int].values, counted))
    return LexicalPart(
        words=_little_endian(array("I", map(_keys.__getitem__, vocabulary))),
        entries=_little_endian(entries),
        counts=clip_counts(list(chain.from_iterable(values))),
        sizes=_little_endian(array("I", map(len, counted))),
        lengths=_little_endian(array("I", map(sum, values))),
    )


def clip_counts(counts: Sequence[int]) -> bytes:
    """One byte a count, 255 for more."""
    try:
        return bytes(counts)
    except ValueError:
        return bytes([min(times, _MOST_COUNTED) for times in counts])


def _little_endian(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
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

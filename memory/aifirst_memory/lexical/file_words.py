"""The words of a file as columns, so that each level that counts them numbers them and goes through them once."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aifirst_memory.lexical.unit_words import UnitWords

_MOST_COUNTED = 255


class FileWords(NamedTuple):
    """Columns that run by field and then by unit: the words of codes, of glues, of names.

    `vocabulary` numbers the different words. `entries` and `counts` have an entry for each word of a unit's field: its
    number, and how often it occurs there, 255 for more. `sizes` and `lengths` say of each unit's field how many
    entries it has, and how many words with repeats. The words of the file's path, the name of unit 0, stand in
    `path` alone.
    """

    vocabulary: dict[str, int]
    entries: array[int]
    counts: bytes
    sizes: array[int]
    lengths: array[int]
    path: dict[str, int]


def file_words(units: Sequence[UnitWords]) -> FileWords:
    """The columns of a file with these units."""
    counted = [unit.code for unit in units]
    counted += [unit.glue for unit in units]
    counted.append({})
    counted += [unit.name for unit in units[1:]]
    words = list(chain.from_iterable(counted))
    vocabulary = dict(zip(dict.fromkeys(words), count()))
    values = list(map(dict[str, int].values, counted))
    return FileWords(
        vocabulary,
        array("H" if len(vocabulary) <= 1 << 16 else "I", map(vocabulary.__getitem__, words)),
        clip_counts(list(chain.from_iterable(values))),
        array("I", map(len, counted)),
        array("I", map(sum, values)),
        units[0].name if units else {},
    )


def clip_counts(counts: Sequence[int]) -> bytes:
    """One byte a count, 255 for more."""
    try:
        return bytes(counts)
    except ValueError:
        return bytes([min(times, _MOST_COUNTED) for times in counts])

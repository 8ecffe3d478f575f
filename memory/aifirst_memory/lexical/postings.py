"""Postings: which word stands how often in which field of which unit, as columns and as a segment by word.

A segment is what search reads: the different word keys, sorted, each with one row of postings a field, rows in
order of unit ids. It is packed at about two bytes a posting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from aifirst_memory.lexical.packed_numbers import pack_numbers, unpack_numbers
from aifirst_memory.lexical.part import PART_FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIELDS = (*PART_FIELDS, "path")
"""The fields of the index. The words of a file's path stand in the field `path` of its unit 0."""
PATH_FIELD = len(PART_FIELDS)
FIELD_BITS = 2
"""A row's number is that of its word, shifted by so many bits, and the field's."""
FIELD_MASK = (1 << FIELD_BITS) - 1
_COUNT_BITS = 8
_WORD_BITS = 64


@dataclass(frozen=True, slots=True)
class Postings:
    """Columns, one entry a posting; `entries` are indexes into `words`, the keys of words (repeats may be)."""

    words: NDArray[np.uint32]
    entries: NDArray[np.int32]
    fields: NDArray[np.uint8]
    units: NDArray[np.int32]
    counts: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Segment:
    """Postings by word. Row `4 * word + field` is `units[offsets[row]:offsets[row + 1]]` with `counts`."""

    keys: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    units: NDArray[np.int32]
    counts: NDArray[np.uint8]


def no_postings() -> Postings:
    """Columns without an entry."""
    none = np.zeros(0, np.uint8)
    return Postings(none.astype(np.uint32), none.astype(np.int32), none, none.astype(np.int32), none)


def join_postings(several: Sequence[Postings]) -> Postings:
    """All of them as one."""
    several = [postings for postings in several if len(postings.words)] or [no_postings()]
    if len(several) == 1:
        return several[0]
    shifts = accumulate([len(p.words) for p in several[:-1]], initial=0)
    return Postings(
        words=np.concatenate([p.words for p in several]),
        entries=np.concatenate(
            [p.entries + np.int32(shift) for p, shift in zip(several, shifts, strict=True)]
        ),
        fields=np.concatenate([p.fields for p in several]),
        units=np.concatenate([p.units for p in several]),
        counts=np.concatenate([p.counts for p in several]),
    )


def postings_of_segment(segment: Segment) -> Postings:
    """The segment as columns again."""
    sizes = np.diff(segment.offsets)
    rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    fields = (rows & FIELD_MASK).astype(np.uint8)
    return Postings(segment.keys, rows >> FIELD_BITS, fields, segment.units, segment.counts)


def build_segment(postings: Postings) -> Segment:
    """Order postings by word, field and unit. One sort of plain numbers: all four columns fit in 64 bits."""
    keys, ranks = np.unique(postings.words, return_inverse=True)
    unit_bits = int(postings.units.max(initial=0)).bit_length()
    if len(keys).bit_length() + FIELD_BITS + unit_bits + _COUNT_BITS > _WORD_BITS:
        raise OverflowError(
            "the lexical index has more words and units than it can number: please report this"
        )
    ordered = ranks.astype(np.uint64)[postings.entries]
    for bits, column in (
        (FIELD_BITS, postings.fields),
        (unit_bits, postings.units),
        (_COUNT_BITS, postings.counts),
    ):
        ordered <<= np.uint64(bits)
        ordered |= column.astype(np.uint64)
    ordered.sort()
    counts = ordered.astype(np.uint8)
    ordered >>= np.uint64(_COUNT_BITS)
    units = (ordered & np.uint64((1 << unit_bits) - 1)).astype(np.int32)
    ordered >>= np.uint64(unit_bits)
    sizes = np.bincount(ordered.astype(np.intp), minlength=len(keys) * len(FIELDS))
    used = np.flatnonzero(sizes.reshape(-1, len(FIELDS)).any(axis=1))
    sizes = sizes.reshape(-1, len(FIELDS))[used].ravel()
    return Segment(keys[used], _offsets(sizes), units, counts)


def pack_segment(segment: Segment) -> dict[str, bytes]:
    """The segment as named columns of bytes."""
    sizes = np.diff(segment.offsets)
    starts = segment.offsets[:-1][sizes > 0]
    steps = np.diff(segment.units, prepend=0)
    steps[starts] = segment.units[starts]
    return {
        "keys": pack_numbers(np.diff(segment.keys, prepend=np.uint32(0))),
        "sizes": pack_numbers(sizes.astype(np.uint32)),
        "units": pack_numbers(steps.astype(np.uint32)),
        "counts": pack_numbers(segment.counts.astype(np.uint32)),
    }


def unpack_segment(columns: Mapping[str, bytes]) -> Segment:
    """The segment that was packed; raises as `unpack_numbers` does, and `KeyError` for a column that is missing."""
    keys = np.cumsum(unpack_numbers(columns["keys"]), dtype=np.uint32)
    sizes = unpack_numbers(columns["sizes"])
    offsets = _offsets(sizes)
    units = np.cumsum(unpack_numbers(columns["units"]), dtype=np.int64)
    filled = sizes > 0
    starts = offsets[:-1][filled]
    if len(starts):
        before = np.concatenate([[0], units[starts[1:] - 1]])
        units -= np.repeat(before, sizes[filled])
    counts = unpack_numbers(columns["counts"]).astype(np.uint8)
    if not len(units) == len(counts) == offsets[-1] or len(sizes) != len(keys) * len(FIELDS):
        raise ValueError("the columns of the lexical index do not fit together")
    return Segment(keys, offsets, units.astype(np.int32), counts)


def _offsets(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets

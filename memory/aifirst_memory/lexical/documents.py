"""Documents: the units of files with the lengths of their fields, and the reading of many parts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from aifirst_memory.lexical.file_words import clip_counts
from aifirst_memory.lexical.part import PART_FIELDS, LexicalPart
from aifirst_memory.lexical.postings import FIELDS, PATH_FIELD, Postings, join_postings
from aifirst_memory.lexical.unit_words import path_words
from aifirst_memory.lexical.word_keys import word_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL_ENTRIES = 1 << 16


class IndexedFile(NamedTuple):
    """A file to be indexed: where its units begin, how many they are, its path and what it says."""

    file_id: int
    first_unit: int
    units: int
    path: str
    part: LexicalPart


@dataclass(frozen=True, slots=True)
class Documents:
    """Files with the range of their unit ids, and `lengths` by field and by unit, file after file."""

    file_ids: NDArray[np.int64]
    first_units: NDArray[np.int64]
    units: NDArray[np.int64]
    lengths: NDArray[np.uint32]

    def unit_ids(self) -> NDArray[np.int64]:
        """The id of every unit, in the order of `lengths`."""
        return _ranges(self.first_units, self.units)

    def chosen(self, files: NDArray[np.bool_]) -> Documents:
        """Those of the files only."""
        kept = np.repeat(files, self.units)
        return Documents(
            self.file_ids[files], self.first_units[files], self.units[files], self.lengths[:, kept]
        )

    def by_file(self) -> Documents:
        """The same in the order of file ids."""
        order = np.argsort(self.file_ids, kind="stable")
        starts = (np.cumsum(self.units) - self.units)[order]
        units = self.units[order]
        columns = _ranges(starts, units)
        return Documents(self.file_ids[order], self.first_units[order], units, self.lengths[:, columns])


def no_documents() -> Documents:
    """No file."""
    none = np.zeros(0, np.int64)
    return Documents(none, none, none, np.zeros((len(FIELDS), 0), np.uint32))


def join_documents(several: Sequence[Documents]) -> Documents:
    """All of them as one."""
    return Documents(
        np.concatenate([d.file_ids for d in several]),
        np.concatenate([d.first_units for d in several]),
        np.concatenate([d.units for d in several]),
        np.concatenate([d.lengths for d in several], axis=1),
    )


def read_files(files: Sequence[IndexedFile]) -> tuple[Postings, Documents]:
    """The postings and the documents of files, all at once: the cost of a file is that of joining bytes."""
    firsts = np.array([file.first_unit for file in files], np.int64)
    units = np.array([file.units for file in files], np.int64)
    parts = [file.part for file in files]
    slots = units * len(PART_FIELDS)
    position = _ranges(np.zeros_like(slots), slots)
    unit = position % np.repeat(units, slots)
    field = position // np.repeat(units, slots)

    lengths = np.zeros((len(FIELDS), int(units.sum())), np.uint32)
    starts = np.cumsum(units) - units
    lengths[field, unit + np.repeat(starts, slots)] = _joined([part.lengths for part in parts], "<u4")
    sizes = _joined([part.sizes for part in parts], "<u4")
    own = Postings(
        words=_joined([part.words for part in parts], "<u4"),
        entries=_joined_entries(parts),
        fields=np.repeat(field.astype(np.uint8), sizes),
        units=np.repeat((unit + np.repeat(firsts, slots)).astype(np.int32), sizes),
        counts=_joined([part.counts for part in parts], "u1"),
    )
    paths, path_lengths = _read_paths(files)
    lengths[PATH_FIELD, starts] = path_lengths
    return join_postings([own, paths]), Documents(
        np.array([f.file_id for f in files], np.int64), firsts, units, lengths
    )


def _read_paths(files: Sequence[IndexedFile]) -> tuple[Postings, list[int]]:
    """The words of the paths, and how many of them each file has."""
    keys: list[int] = []
    counts: list[int] = []
    units: list[int] = []
    lengths: list[int] = []
    for file in files:
        words = path_words(file.path)
        keys += map(word_key, words)
        counts += words.values()
        units += [file.first_unit] * len(words)
        lengths.append(sum(words.values()))
    postings = Postings(
        np.array(keys, np.uint32),
        np.arange(len(keys), dtype=np.int32),
        np.full(len(keys), PATH_FIELD, np.uint8),
        np.array(units, np.int32),
        np.frombuffer(clip_counts(counts), np.uint8),
    )
    return postings, lengths


def _joined(columns: Sequence[bytes], kind: str) -> NDArray[Any]:
    return np.frombuffer(b"".join(columns), kind)


def _joined_entries(parts: Sequence[LexicalPart]) -> NDArray[np.int32]:
    known = np.array([len(part.words) // 4 for part in parts], np.int32)
    if known.max(initial=0) <= _SMALL_ENTRIES:
        entries = _joined([part.entries for part in parts], "<u2")
    else:
        kinds = ["<u2" if words <= _SMALL_ENTRIES else "<u4" for words in known]
        entries = np.concatenate(
            [np.frombuffer(p.entries, kind) for p, kind in zip(parts, kinds, strict=True)]
        )
    postings = np.array([len(part.counts) for part in parts], np.int64)
    firsts = np.cumsum(known, dtype=np.int32) - known
    return np.add(entries, np.repeat(firsts, postings), dtype=np.int32)


def _ranges(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """`start, start + 1, …` for every start, as many as its size says, one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + sizes, sizes)

"""Makes columns of several readings into one: the commits that count, in their order, and nothing of others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.history.columns import RENAMED, Columns, as_integers, no_columns


def merge_columns(parts: Sequence[Columns], order: NDArray[np.int64]) -> Columns:
    """The commits at these positions, counted over all parts in turn, in this order.

    The same as if they had been built in this order from the beginning: no word or path of another stays.
    """
    if len(parts) == 1 and np.array_equal(order, np.arange(len(parts[0].ids))):
        return parts[0]
    if not parts:
        return no_columns()
    word_counts = np.concatenate([part.word_counts for part in parts])
    file_counts = np.concatenate([part.file_counts for part in parts])
    taken_words = _spread(word_counts, order)
    words, keys = _merge_words(parts, taken_words)
    files, kinds, before, paths = _merge_files(parts, _spread(file_counts, order))
    subjects = list(chain.from_iterable(part.subjects for part in parts))
    return Columns(
        ids=np.concatenate([part.ids for part in parts])[order],
        times=np.concatenate([part.times for part in parts])[order],
        word_counts=word_counts[order], words=words,
        occurrences=np.concatenate([part.occurrences for part in parts])[taken_words], keys=keys,
        file_counts=file_counts[order], sizes=np.concatenate([part.sizes for part in parts])[order],
        files=files, kinds=kinds, before=before, paths=paths,
        subjects=tuple(map(subjects.__getitem__, as_integers(order))),
    )  # fmt: skip


def _merge_words(
    parts: Sequence[Columns], taken: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """The words at these positions, and the keys of those that are left."""
    keys = np.unique(np.concatenate([part.keys for part in parts]))
    words = np.concatenate([np.searchsorted(keys, part.keys)[part.words] for part in parts])[taken]
    held, numbers = _renumber(words, len(keys))
    return numbers[words], keys[held]


def _merge_files(
    parts: Sequence[Columns], taken: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint32], tuple[bytes, ...]]:
    """The files at these positions, their kinds, the names before renames, and the paths that are left."""
    paths = sorted(set(chain.from_iterable(part.paths for part in parts)))
    places = {path: i for i, path in enumerate(paths)}
    maps = [np.fromiter(map(places.__getitem__, part.paths), np.int64, len(part.paths)) for part in parts]
    files = np.concatenate([to[part.files] for to, part in zip(maps, parts, strict=True)])[taken]
    kinds = np.concatenate([part.kinds for part in parts])
    before = np.zeros(len(kinds), np.int64)
    before[kinds == RENAMED] = np.concatenate([to[p.before] for to, p in zip(maps, parts, strict=True)])
    kinds, before = kinds[taken], before[taken]
    before = before[kinds == RENAMED]
    held, numbers = _renumber(np.concatenate((files, before)), len(paths))
    return numbers[files], kinds, numbers[before], tuple(map(paths.__getitem__, as_integers(held)))


def _renumber(used: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Which of `count` things are used, ascending, and the new number of each of them by its old one."""
    held = np.bincount(used, minlength=count) > 0
    return np.flatnonzero(held), (np.cumsum(held) - 1).astype(np.uint32)


def _spread(counts: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of all items of the groups in `order`, where group i has `counts[i]` items in turn."""
    starts = np.cumsum(counts) - counts
    taken = counts[order]
    first = np.cumsum(taken) - taken
    return np.repeat(starts[order] - first, taken) + np.arange(int(taken.sum()), dtype=np.int64)

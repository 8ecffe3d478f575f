"""Which samples repeat another: the same texts, and those whose shingles have a Jaccard index of 0.8 or more.

Every candidate that MinHash gives is measured on its whole shingles before it is dropped. The first of a kind stays,
those of training before those of validation and test, so that what is measured on is never what was trained on. Two
samples of different tasks repeat each other only over that border; two gaps of one file never do, unless they are the
same.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.record import Gap, Sample, sample_id, texts_of
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.min_hash import band_numbers
from aifirst_model.dataset.similar.shingles import Numbers, TokenNumbers, jaccard, shingles_of

THRESHOLD: Final = 0.8
KEPT, EXACT, NEAR, EXACT_ACROSS, NEAR_ACROSS = range(5)
REASONS: Final = (
    "",
    "exact duplicate",
    "near duplicate",
    "exact duplicate across splits",
    "near duplicate across splits",
)

Verdicts = npt.NDArray[np.uint8]
_BATCH: Final = 2_000
_BATCH_SHINGLES: Final = 2_000_000
_MOST_IN_BUCKET: Final = 64
_REMEMBERED: Final = 2_000


class Described(msgspec.Struct):
    """What is known of each sample by its number, without its texts."""

    splits: npt.NDArray[np.uint8]
    tasks: npt.NDArray[np.uint16]
    files: npt.NDArray[np.int32]
    """A number a (project, path); -1 for what is no gap."""
    ids: npt.NDArray[np.uint64]


def describe(store: SampleStore, splits: npt.NDArray[np.uint8]) -> Described:
    """Read all samples once for what the search asks about them."""
    size = len(store)
    tasks, files, ids = np.zeros(size, np.uint16), np.full(size, -1, np.int32), np.zeros(size, np.uint64)
    task_numbers: dict[str, int] = {}
    file_numbers: dict[tuple[str, str], int] = {}
    for number, sample in enumerate(store):
        about = sample.about
        tasks[number] = task_numbers.setdefault(about.task, len(task_numbers))
        ids[number] = int(sample_id(sample), 16)
        if isinstance(sample, Gap):
            files[number] = file_numbers.setdefault((about.project, about.path), len(file_numbers))
    return Described(splits, tasks, files, ids)


def find_exact(described: Described) -> Verdicts:
    """A verdict a sample: whether one that stays has the same id."""
    verdicts = np.zeros(len(described.ids), np.uint8)
    order = np.lexsort((np.arange(len(described.ids)), described.splits, described.ids))
    ids, splits = described.ids[order], described.splits[order]
    repeats = np.concatenate(([False], ids[1:] == ids[:-1])) if len(ids) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(ids)))) if len(ids) else repeats
    across = repeats & (splits != splits[first])
    verdicts[order[repeats]] = EXACT
    verdicts[order[across]] = EXACT_ACROSS
    return verdicts


def find_near(
    store: SampleStore,
    described: Described,
    verdicts: Verdicts,
    *,
    threshold: float = THRESHOLD,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Verdicts, dict[str, int]]:
    """The verdicts with the near duplicates among those that had none, and figures: candidates, those verified.

    Raises `NeedsExtraError` where rensa is not installed.
    """
    buckets_of = _buckets(store, verdicts, progress)
    search = _Search(store, described, verdicts.copy(), threshold)
    order = sorted(buckets_of, key=lambda number: (int(described.splits[number]), number))
    for done, number in enumerate(order):
        search.judge(number, buckets_of[number])
        if progress is not None and done % 1_000 == 0:
            progress(len(store) + done, len(store) + len(order))
    figures = {
        "candidates": search.measured,
        "verified": int(np.sum(search.verdicts != verdicts)),
    }
    if search.full:
        figures["not measured, over 64 in one bucket"] = search.full
    return search.verdicts, figures


def _buckets(
    store: SampleStore, verdicts: Verdicts, progress: Callable[[int, int], None] | None
) -> dict[int, list[int]]:
    """The buckets with another sample in them, of each sample that has any."""
    parts: list[Numbers] = []
    numbers: list[int] = []
    batch: list[Numbers] = []
    waiting = 0
    known = TokenNumbers()
    for number, sample in enumerate(store):
        if verdicts[number]:
            continue
        batch.append(shingles_of("\n".join(texts_of(sample)), known))
        numbers.append(number)
        waiting += len(batch[-1])
        if len(batch) >= _BATCH or waiting >= _BATCH_SHINGLES:
            parts.append(band_numbers(batch))
            batch, waiting = [], 0
            if progress is not None:
                progress(number, 2 * len(store))
    if batch:
        parts.append(band_numbers(batch))
    found: dict[int, list[int]] = defaultdict(list)
    bucket = 0
    for column in _columns(parts):
        order = np.argsort(column, kind="stable")
        ordered = column[order]
        same = ordered[1:] == ordered[:-1]
        for at in np.flatnonzero(same):
            if at == 0 or not same[at - 1]:
                bucket += 1
                found[numbers[int(order[at])]].append(bucket)
            found[numbers[int(order[at + 1])]].append(bucket)
    return found


def _columns(parts: list[Numbers]) -> Iterator[Numbers]:
    for band in range(parts[0].shape[1] if parts else 0):
        yield np.concatenate([part[:, band] for part in parts])


class _Search:
    """One pass over the candidates, those that stay being what later ones are measured against."""

    def __init__(
        self, store: SampleStore, described: Described, verdicts: Verdicts, threshold: float
    ) -> None:
        self._store = store
        self._described = described
        self._threshold = threshold
        self.verdicts = verdicts
        self.measured = self.full = 0
        self._in_bucket: dict[int, list[int]] = defaultdict(list)
        self._shingles: OrderedDict[int, Numbers] = OrderedDict()
        self._known = TokenNumbers()

    def judge(self, number: int, buckets: list[int]) -> None:
        """Give a sample its verdict; one that stays enters its buckets."""
        described = self._described
        rivals = {rival for bucket in buckets for rival in self._in_bucket[bucket]}
        for rival in sorted(rivals):
            across = bool(described.splits[rival] != described.splits[number])
            if not across and described.tasks[rival] != described.tasks[number]:
                continue
            if described.files[rival] == described.files[number] >= 0:
                continue
            self.measured += 1
            if jaccard(self._of(rival), self._of(number)) >= self._threshold:
                self.verdicts[number] = NEAR_ACROSS if across else NEAR
                return
        for bucket in buckets:
            if len(self._in_bucket[bucket]) < _MOST_IN_BUCKET:
                self._in_bucket[bucket].append(number)
            else:
                self.full += 1

    def _of(self, number: int) -> Numbers:
        known = self._shingles.get(number)
        if known is None:
            known = shingles_of(_whole(self._store.at(number)), self._known)
            self._shingles[number] = known
            if len(self._shingles) > _REMEMBERED:
                self._shingles.popitem(last=False)
        return known


def _whole(sample: Sample) -> str:
    return "\n".join(texts_of(sample))

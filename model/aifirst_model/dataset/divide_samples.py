"""Puts every sample into a split: samples of one group into the same, and says where that left the shares uneven."""

from __future__ import annotations

from typing import Final

import numpy as np

from aifirst_model.dataset.divide import ENOUGH_PROJECTS, DivideSettings, choose_by, divide, group_of
from aifirst_model.dataset.record import SPLITS
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Bytes

NOWHERE: Final = 255
"""The split of a sample that is of several groups, and so of none."""


def divide_samples(store: SampleStore, settings: DivideSettings) -> tuple[Bytes, StepReport]:
    """The split of every sample by its place in `SPLITS`, or `NOWHERE`."""
    projects = {sample.about.group or sample.about.project for sample in store} - {""}
    by = choose_by(settings.by, len(projects) or ENOUGH_PROJECTS)
    groups: dict[str, int] = {}
    owners = np.fromiter(
        (groups.setdefault(group_of(sample, by), len(groups)) for sample in store), np.int64, len(store)
    )
    names = list(groups)
    sizes = {name: int(size) for name, size in zip(names, np.bincount(owners), strict=True) if name}
    placed = divide(sizes, settings)
    table = np.array([SPLITS.index(placed[name]) if name in placed else NOWHERE for name in names], np.uint8)
    splits = table[owners]
    lost = int(np.sum(splits == NOWHERE))
    counts = {split: int(np.sum(splits == number)) for number, split in enumerate(SPLITS)}
    counts.update({f"groups of {split}": list(placed.values()).count(split) for split in SPLITS})
    return splits, StepReport(
        "divide", len(store), len(store) - lost, {"of several groups": lost} if lost else {},
        parameters={"by": by, "shares": [f"{share:g}" for share in settings.shares], "seed": settings.seed},
        counts=counts, told=_uneven(counts, settings),
    )  # fmt: skip


def _uneven(counts: dict[str, int], settings: DivideSettings) -> tuple[str, ...]:
    """What a person should know where groups were too few or too large for the shares."""
    total, whole = sum(counts[split] for split in SPLITS) or 1, sum(settings.shares) or 1.0
    told: list[str] = []
    for split, share in zip(SPLITS, settings.shares, strict=True):
        wanted, got = 100 * share / whole, 100 * counts[split] / total
        if abs(got - wanted) > max(5.0, wanted / 2):
            told.append(
                f"{split} holds {got:.0f} % of the samples, not {wanted:.0f} %: groups are not divided"
            )
    return tuple(told)

"""Which samples of training make the mix that was asked for, and the order in which all of them are written."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.mixing import MixSettings, part_of, plan_mix
from aifirst_model.dataset.record import SPLITS, sample_id
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Bytes


def mix_and_order(
    store: SampleStore,
    splits: Bytes,
    kept: npt.NDArray[np.bool_],
    settings: MixSettings,
    reports: list[StepReport],
) -> list[npt.NDArray[np.int64]]:
    """The numbers of the samples of each split in the order they are written; the mix's report is added."""
    ids = np.zeros(len(store), np.uint64)
    parts: dict[str, list[int]] = {}
    for number, sample in enumerate(store):
        if kept[number]:
            ids[number] = int(sample_id(sample), 16)
            if splits[number] == 0:
                parts.setdefault(part_of(sample.about.task, settings.shares), []).append(number)
    train = np.flatnonzero(kept & (splits == 0))
    if settings.shares:
        plans, told = plan_mix({part: len(numbers) for part, numbers in parts.items()}, settings)
        chosen: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
        for plan in plans:
            numbers = np.array(parts[plan.part], np.int64)
            numbers = numbers[np.argsort(ids[numbers], kind="stable")]
            chosen.append(np.resize(numbers, plan.taken))
        taken = np.concatenate(chosen)
        dropped = {
            f"{plan.part}: more than its share": plan.there - min(plan.taken, plan.there) for plan in plans
            if plan.taken < plan.there
        }  # fmt: skip
        if parts.get(""):
            dropped["of no part that a share was asked for"] = len(parts[""])
        counts = {plan.part: plan.taken for plan in plans}
        reports.append(
            StepReport(
                "mix", len(train), len(taken), dropped, counts=counts, told=tuple(told), parameters={"shares":
                dict(settings.shares), "total": settings.total, "most_repeats": settings.most_repeats},
            )
        )  # fmt: skip
        train = taken
    others = [np.flatnonzero(kept & (splits == number)) for number in range(1, len(SPLITS))]
    return [numbers[np.argsort(_scattered(ids[numbers]), kind="stable")] for numbers in (train, *others)]


def _scattered(ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers whose order has nothing to do with that of the ids, which chose the mix; repeats of one lie apart."""
    repeats = np.zeros(len(ids), np.uint64)
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ids) else order
    lengths = np.diff(np.concatenate((starts, [len(ids)])))
    repeats[order] = (np.arange(len(ids)) - np.repeat(starts, lengths)).astype(np.uint64)
    mixed = (ids + repeats * np.uint64(0xD1B54A32D192ED03)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    return mixed * np.uint64(0xBF58476D1CE4E5B9)

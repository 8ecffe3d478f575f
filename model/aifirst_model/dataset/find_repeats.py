"""Decides which samples repeat others, exactly or nearly, and says what leaving them out did to the shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.divide_samples import NOWHERE
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.duplicates import REASONS, describe, find_exact, find_near
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Bytes


def find_repeats(
    store: SampleStore, splits: Bytes, jaccard: float, tell: Callable[[int, int], None], *, near: bool
) -> tuple[Bytes, StepReport]:
    """Why each sample goes, by its place in `REASONS`, 0 where it stays; without `near` only exact repeats go."""
    described = describe(store, splits)
    verdicts = find_exact(described)
    verdicts[splits == NOWHERE] = len(REASONS)
    figures: dict[str, int] = {}
    if near:
        verdicts, figures = find_near(store, described, verdicts, threshold=jaccard, progress=tell)
    dropped = {reason: int(np.sum(verdicts == number)) for number, reason in enumerate(REASONS) if number}
    came, went = int(np.sum(splits != NOWHERE)), int(np.sum(verdicts == 0))
    told = () if near else ("only exact duplicates were looked for",)
    told += (_moved(store, splits != NOWHERE, verdicts == 0),)
    return verdicts, StepReport(
        "deduplicate", came, went, dropped, counts=figures, told=told, parameters={"jaccard": jaccard, "near": near},
    )  # fmt: skip


def _moved(store: SampleStore, before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> str:
    """By how much leaving samples out moved the shares of categories and levels, as a sentence."""
    counts = [Counter[str](), Counter[str]()]
    for number, sample in enumerate(store):
        for counted, kept in zip(counts, (before, after), strict=True):
            if kept[number]:
                counted.update((f"category {sample.about.category}", f"level {sample.about.level}"))
    first, last = (max(1, int(kept.sum())) for kept in (before, after))
    moves = {name: abs(count / first - counts[1][name] / last) for name, count in counts[0].items()}
    most = max(moves.values(), default=0.0)
    return f"the share of no category and no level moved by more than {100 * most:.2f} points"

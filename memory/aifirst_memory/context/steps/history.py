"""Beside the seven steps: files that were changed together with those of the targets."""

from __future__ import annotations

from typing import Final

from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.job import StepJob, distinct

WEIGHT: Final = 1.0
_MOST: Final = 12


def find_changed_together(job: StepJob) -> list[StepList]:
    """The best of each target's file in turn."""
    history = job.sources.history()
    if history is None:
        return []
    found: list[tuple[float, Found]] = []
    for path in job.paths[:3]:
        for one in history.changes_with(path, _MOST):
            if job.file(one.path) is not None:
                told = f"changed with {path.rpartition('/')[2]} in {one.commits} commits"
                found.append((-one.score, Found(UnitPlace(one.path, 0), told)))
    found.sort(key=lambda one: (one[0], one[1].place))
    return [StepList("history", WEIGHT, distinct([one for _, one in found], job.seeds)[:_MOST])]

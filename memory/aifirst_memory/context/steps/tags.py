"""Step 3: units of other files that carry a tag or ticket of the targets."""

from __future__ import annotations

from typing import Final

from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.job import StepJob, distinct
from aifirst_memory.tags.level import shared_anchors

WEIGHT: Final = 1.5
_MOST: Final = 30


def find_tagged(job: StepJob) -> list[StepList]:
    """The rarest tags first: a tag that every file carries says little."""
    shared = [one for path in job.paths for one in shared_anchors(job.sources.connection, path)]
    often: dict[str, int] = {}
    for one in shared:
        often[one.anchor.value] = often.get(one.anchor.value, 0) + 1
    shared.sort(key=lambda one: (often[one.anchor.value], one.path, one.anchor.line))
    found = [
        Found(UnitPlace(one.path, one.anchor.unit), f"shares {one.anchor.category}:{one.anchor.value}")
        for one in shared
    ]
    return [StepList("tags", WEIGHT, distinct(found, job.seeds)[:_MOST])]

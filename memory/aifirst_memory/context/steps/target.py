"""Step 1: the targets themselves, what specifies them, and what they depend on directly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.edges import dependencies, documents
from aifirst_memory.context.steps.job import StepJob, distinct
from aifirst_memory.tags.level import find_anchors

TARGET: Final = 3.0
DIRECT: Final = 2.0
_MOST: Final = 40
_SPECIFYING: Final = ("SPEC", "TICKET")
_VERBS: Final = {
    "calls": "called by", "imports": "imported by", "uses": "used by", "inherits": "base of",
    "decorates": "decorates", "raises": "raised by", "tests": "tested by", "documents": "documented by",
}  # fmt: skip


def find_target(job: StepJob, targets: Sequence[Found]) -> list[StepList]:
    """The lists of the targets, of their specifications and of their direct dependencies."""
    lists = [StepList("target", TARGET, targets), StepList("specification", TARGET, find_specification(job))]
    if "graph" not in job.request.without:
        lists.append(StepList("dependency", DIRECT, find_dependencies(job)))
    return lists


def find_dependencies(job: StepJob) -> list[Found]:
    """What the seeds call, import, derive from."""
    ids = [unit_id for place in job.seeds if (unit_id := job.unit_id(place)) is not None]
    found: list[Found] = []
    for one in dependencies(job.places, ids)[: _MOST * 2]:
        place, via = job.places.place(one.unit_id), job.places.place(one.via)
        if place is not None and via is not None:
            found.append(Found(place, f"{_VERBS[one.kind]} {job.name(via)}"))
    return distinct(found, job.seeds)[:_MOST]


def find_specification(job: StepJob) -> list[Found]:
    """What documents the seeds by link or name, and what is named by their `@TAG:SPEC` and ticket tags."""
    found: list[Found] = []
    if "tags" not in job.request.without:
        found += _by_tag(job)
    if "graph" not in job.request.without:
        ids = [unit_id for place in job.seeds if (unit_id := job.unit_id(place)) is not None]
        for one in documents(job.places, ids)[:8]:
            place, via = job.places.place(one.unit_id), job.places.place(one.via)
            if place is not None and via is not None:
                found.append(Found(place, f"documents {job.name(via)}"))
    return distinct(found, job.seeds)[:10]


def _by_tag(job: StepJob) -> list[Found]:
    connection = job.sources.connection
    own = [
        (path, category, anchor.anchor.value)
        for path in job.paths
        for category in _SPECIFYING
        for anchor in find_anchors(connection, path=path, category=category, limit=20)
        if anchor.anchor.value
    ]
    found: list[Found] = []
    for path, category, value in own:
        for other in find_anchors(connection, value=value, limit=20):
            if other.path != path and other.anchor.category in _SPECIFYING:
                place = UnitPlace(other.path, other.anchor.unit)
                found.append(Found(place, f"{category} {value} of {path}"))
    return found

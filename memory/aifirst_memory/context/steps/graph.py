"""Step 5: what depends on the targets, their tests, and both directions further out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aifirst_memory.context.sources import Found, StepList
from aifirst_memory.context.steps.edges import Neighbour, dependencies, dependents, tests
from aifirst_memory.context.steps.job import StepJob, distinct

DEPENDENT: Final = 1.5
FURTHER: Final = 0.75
_MOST: Final = 30
_FRONTIER: Final = 8
_HOPS: Final = 2
_VERBS: Final = {
    "calls": "calls", "imports": "imports", "uses": "uses", "inherits": "derives from",
    "decorates": "is decorated by", "raises": "raises", "tests": "tests", "documents": "documents",
}  # fmt: skip


def find_related(job: StepJob) -> list[StepList]:
    """Dependents, tests, and what is reached from both and from the dependencies in two more hops."""
    places = job.places
    ids = [unit_id for place in job.seeds if (unit_id := job.unit_id(place)) is not None]
    direct = dependents(places, ids)
    tested = tests(places, ids)
    return [
        StepList("dependent", DEPENDENT, _told(job, direct)),
        StepList("tests", DEPENDENT, _told(job, tested)),
        StepList("transitive", FURTHER, _further(job, ids, direct)),
    ]


def _told(job: StepJob, neighbours: Sequence[Neighbour]) -> list[Found]:
    found: list[Found] = []
    for one in neighbours[: _MOST * 2]:
        place, via = job.places.place(one.unit_id), job.places.place(one.via)
        if place is not None and via is not None:
            found.append(Found(place, f"{_VERBS[one.kind]} {job.name(via)}"))
    return distinct(found, job.seeds)[:_MOST]


def _further(job: StepJob, ids: Sequence[int], direct: Sequence[Neighbour]) -> list[Found]:
    """What the weightiest neighbours lead to, hop by hop: dependencies of dependencies, dependents of dependents."""
    places = job.places
    first = dependencies(places, ids)
    down = _hops(first, ids, lambda front: dependencies(places, front))
    up = _hops(direct, ids, lambda front: dependents(places, front))
    found: list[Found] = []
    for pair in zip([*down, *[None] * len(up)], [*up, *[None] * len(down)], strict=False):
        for one, told in zip(pair, ("needed by", "depends on"), strict=True):
            if one is None:
                continue
            place, via = job.places.place(one.unit_id), job.places.place(one.via)
            if place is not None and via is not None:
                found.append(Found(place, f"{told} {job.name(via)}"))
    return distinct(found, job.seeds)[:_MOST]


def _hops(
    first: Sequence[Neighbour], ids: Sequence[int], follow: Callable[[Sequence[int]], list[Neighbour]]
) -> list[Neighbour]:
    seen = {*ids, *(one.unit_id for one in first)}
    front, reached = list(first[:_FRONTIER]), list[Neighbour]()
    for _ in range(_HOPS):
        following = [one for one in follow([n.unit_id for n in front]) if one.unit_id not in seen]
        seen.update(one.unit_id for one in following)
        reached += following[:_MOST]
        front = following[:_FRONTIER]
        if not front:
            break
    return reached

"""Runs the steps for a request and fuses what they found: every unit that may be given, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec

from aifirst_memory.context.candidate import SEARCHED
from aifirst_memory.context.file_text import FileText, FileTexts
from aifirst_memory.context.places import PlacesOfIds
from aifirst_memory.context.rank_again import rank_again
from aifirst_memory.context.request import ContextRequest
from aifirst_memory.context.sources import ContextSources, Found, Searched, StepList, UnitPlace
from aifirst_memory.context.steps.concepts import find_by_concept
from aifirst_memory.context.steps.embedding import find_nearest
from aifirst_memory.context.steps.graph import find_related
from aifirst_memory.context.steps.history import find_changed_together
from aifirst_memory.context.steps.job import MOST_SEEDS, StepJob, distinct
from aifirst_memory.context.steps.rank import Ranked, fuse
from aifirst_memory.context.steps.tags import find_tagged
from aifirst_memory.context.steps.target import TARGET, find_target
from aifirst_memory.context.steps.tree import find_tree
from aifirst_memory.context.targets import Target
from aifirst_memory.search.file_role import is_test_path
from aifirst_memory.search.query import read_query
from aifirst_memory.search.result import Source

_HITS: Final = 60
_MOST_UNITS_OF_FILE: Final = 200
_TEST_FACTOR: Final = 0.7
_MOST_BESIDE: Final = 20
_STEPS: Final[tuple[tuple[Source | None, Callable[[StepJob], list[StepList]]], ...]] = (
    (None, find_tree),
    ("tags", find_tagged),
    ("vectors", find_nearest),
    ("graph", find_related),
    ("concepts", find_by_concept),
    ("history", find_changed_together),
)
"""Steps 2 to 6 with the source each can be left out by, and the history."""


class FoundUnits(NamedTuple):
    """What was found. `named` are the units that the request names, in the numbering of the files as they are now;
    `ranked` are in that of the index."""

    named: Sequence[UnitPlace]
    ranked: Sequence[Ranked]
    notices: tuple[str, ...]


def find_units(
    sources: ContextSources, texts: FileTexts, request: ContextRequest, targets: Sequence[Target]
) -> FoundUnits:
    """Run all steps that are not left out."""
    places = PlacesOfIds(sources.connection)
    named = [place for target in targets for place in _units_of(sources, texts, target)]
    own, near = _known(sources, texts, targets)
    hits, searched = _search(sources, request)
    lists: list[StepList] = []
    if hits:
        lists.append(StepList("search", TARGET, hits))
    seeds = [one.place for one in own] + [one.place for one in hits[: 2 if own else MOST_SEEDS]]
    job = StepJob(sources, request, list(dict.fromkeys(seeds)), places)
    lists += find_target(job, distinct([*own, *near]))
    lists += _step_lists(job)
    if hits and not own:
        lists = [_with_hits_first(one, job.seeds) for one in lists if one.found]
    factor = _factor(request)
    ranked: Sequence[Ranked] = fuse(
        [one for one in lists if one.found], lambda place: _tokens(job, place), factor
    )
    notices = tuple(searched.notices)
    if request.relevance and not request.files and not read_query(request.query).about_tests:
        ranked, told = rank_again(searched, lists, ranked, factor)
        notices += told
    return FoundUnits(named, ranked, notices)


def _step_lists(job: StepJob) -> list[StepList]:
    """What the steps find whose source is not left out."""
    taken = [step for source, step in _STEPS if source is None or source not in job.request.without]
    return [found for step in taken for found in step(job)]


def _with_hits_first(found: StepList, hits: Sequence[UnitPlace]) -> StepList:
    """The list with the best hits of the search at its head: what a step finds is near to them, so it speaks for them
    first, though it leaves them out. Else several neighbours would outvote the unit that all of them are near to.
    """
    if found.step == "search":
        return found
    heads = [Found(place, "") for place in hits]
    return msgspec.structs.replace(
        found, found=[*heads, *(one for one in found.found if one.place not in set(hits))]
    )


def _units_of(sources: ContextSources, texts: FileTexts, target: Target) -> list[UnitPlace]:
    if target.unit is not None:
        return [UnitPlace(target.path, target.unit)]
    file = texts.open(sources.connection, target.path)
    return [] if file is None else [UnitPlace(target.path, index) for index in range(len(file.units))]


def _known(
    sources: ContextSources, texts: FileTexts, targets: Sequence[Target]
) -> tuple[list[Found], list[Found]]:
    """The targets by the numbers of the index, and what stands beside them in their files."""
    own: list[Found] = []
    near: list[Found] = []
    for target in targets:
        file = texts.open(sources.connection, target.path)
        known = texts.numbers_in_index(sources.connection, target.path)
        if file is None or not known:
            continue
        units = range(min(len(file.units), _MOST_UNITS_OF_FILE)) if target.unit is None else [target.unit]
        own += [Found(UnitPlace(target.path, known[index]), "asked for") for index in units if index in known]
        if target.unit is not None:
            told = f"beside {file.units[target.unit].name or 'the top level'}"
            beside = _nearest(file, target.unit)
            near += [Found(UnitPlace(target.path, known[index]), told) for index in beside if index in known]
    return own, near


def _nearest(file: FileText, unit: int) -> list[int]:
    """The units of a file around one: those of the same class first, the nearer first."""
    parents = [one.parent for one in file.units]
    others = [index for index in range(1, len(parents)) if index != unit]
    return sorted(others, key=lambda index: (parents[index] != parents[unit], abs(index - unit), index))[
        :_MOST_BESIDE
    ]


def _search(sources: ContextSources, request: ContextRequest) -> tuple[list[Found], Searched]:
    if not request.query.strip():
        return [], Searched((), (), None)
    searched = sources.rank_units(request.query, request.without, _HITS)
    return distinct([Found(one.place, SEARCHED) for one in searched.units]), searched


def _factor(request: ContextRequest) -> Callable[[UnitPlace], float]:
    """Tests come behind the code that they test, unless the task speaks of tests or is the edit of a file."""
    if request.files or read_query(request.query).about_tests:
        return lambda _: 1.0
    return lambda place: _TEST_FACTOR if is_test_path(place.path) else 1.0


def _tokens(job: StepJob, place: UnitPlace) -> int:
    file = job.file(place.path)
    return file.tokens if file is not None else 0

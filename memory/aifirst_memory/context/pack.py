"""Chooses what fills the budget: the best units whole, the rest at the resolution that buys most per token.

`auto` works in three rounds. What the request names comes first, whole where it fits; where it names nothing, the best
unit of all. Then the best units in order, whole, until six tenths of the budget are spent; a unit that would
take more than a third of it waits, and a long one is given in parts where there is something to choose them by.
What is left goes to whichever step up, of any unit, from nothing to its outline, from there to medium or to
the whole, adds most value per token, value being the unit's score times what a resolution is worth. Any other
resolution takes the units in order and skips what does not fit. A unit is never cut; a method brings the
outline of its class. Ties go by rank, so the same input gives the same choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.formats.write import OVERHEAD
from aifirst_memory.context.request import Resolution, WantedResolution

WORTH: Final[Mapping[Resolution, float]] = {
    "outline": 0.35,
    "low": 0.5,
    "medium": 0.75,
    "parts": 0.8,
    "exact": 1.0,
}
_STEPS: Final[tuple[Resolution, ...]] = ("outline", "medium", "exact")
_STEPS_OF_LONG: Final[tuple[Resolution, ...]] = ("outline", "parts", "exact")
_WHOLE_SHARE: Final = 0.6
LARGEST_SHARE: Final = 0.34
_PARTS_SHARE: Final = 0.4
"""About what of a long unit is given where it is given in parts."""
_FIRST_SHARE: Final = 0.7
"""Of the budget: what the very best unit may take by itself to be given whole."""
_CHARACTERS: Final = 4
"""Of a heading to a token, about: what it really costs is corrected when the text is counted."""
_SURE: Final = 0.5
"""A step is tried where this share of what it costs by estimate fits."""
_MISSES: Final = 12
"""Units in a row that are whole too large for what is left, after which no more are tried."""
_FILE_WORTH: Final[Mapping[Resolution, float]] = {"outline": 0.3, "medium": 0.4, "parts": 0.4, "exact": 0.5}
"""A file's own code is imports and constants for the most part: its outline says what the file is for."""


@dataclass
class Pack:
    """What was chosen, in the order it was, with what it costs about."""

    budget: int
    format: str
    chosen: dict[Candidate, Resolution] = field(default_factory=dict[Candidate, Resolution])
    spent: int = 0
    _files: set[str] = field(default_factory=set[str])
    _headings: dict[Candidate, int] = field(default_factory=dict[Candidate, int])

    def cost(self, candidate: Candidate, resolution: Resolution) -> int:
        """What choosing a unit at a resolution adds: text, headings, and the holder it brings."""
        before = self.chosen.get(candidate)
        added = candidate.tokens(resolution)
        if before is not None:
            return added - candidate.tokens(before)
        return added + self._heading(candidate) + self._file_heading(candidate)

    def take(self, candidate: Candidate, resolution: Resolution, cost: int | None = None) -> None:
        """Choose a unit, or raise the resolution of one that is chosen; `cost` is what that adds, where it is known."""
        self.spent += self.cost(candidate, resolution) if cost is None else cost
        self.chosen[candidate] = resolution
        self._files.add(candidate.file.path)

    def drop(self, candidate: Candidate) -> None:
        """Give up a chosen unit; headings of files stay counted."""
        self.spent -= candidate.tokens(self.chosen.pop(candidate)) + self._heading(candidate)

    def fits(self, cost: int, limit: float | None = None) -> bool:
        """Whether so many tokens more stay within the limit, the budget by default."""
        return self.spent + cost <= (self.budget if limit is None else limit)

    def is_complete(self, candidates: Sequence[Candidate]) -> bool:
        """Whether everything is chosen whole, so that a larger budget changes nothing."""
        return all(self.chosen.get(one) == "exact" or not one.text("exact") for one in candidates)

    def _heading(self, candidate: Candidate) -> int:
        if self.format == "json":
            return 0
        found = self._headings.get(candidate)
        if found is None:
            written = len(candidate.name) + sum(map(len, candidate.reasons[:2]))
            if self.format == "xml":
                written += len(candidate.file.path)
            found = self._headings[candidate] = OVERHEAD[self.format][1] + written // _CHARACTERS
        return found

    def _file_heading(self, candidate: Candidate) -> int:
        path = candidate.file.path
        if path in self._files or self.format in ("json", "xml"):
            return 0
        return OVERHEAD[self.format][0] + len(path) // _CHARACTERS


def pack(candidates: Sequence[Candidate], holders: Holders, made: Pack, wanted: WantedResolution) -> None:
    """Fill a pack with candidates, which come best first."""
    if wanted in ("auto", "meta"):
        _take_named(candidates, holders, made)
        _take_best(candidates, holders, made)
        _take_rest(candidates, holders, made)
        _drop_told(made)
        return
    for candidate in candidates:
        _take(candidate, wanted, holders, made, made.budget)


class Rise(NamedTuple):
    """How a unit rises from nothing to the whole: its resolutions, what of each step's cost by estimate has to fit for
    it to be tried, and how little each step adds per token, so that what adds most comes first.
    """

    resolutions: tuple[Resolution, ...]
    sure: tuple[int, ...]
    order: tuple[float, ...]


class Holders:
    """The classes and functions that units stand in, as candidates of their own; what is known of candidates once."""

    def __init__(self, candidates: Sequence[Candidate], count: Callable[[str], int]) -> None:
        self._known = {candidate.key: candidate for candidate in candidates}
        self._count = count
        self._above: dict[Candidate, list[Candidate]] = {}
        self._rises: dict[Candidate, Rise] = {}

    def above(self, candidate: Candidate) -> list[Candidate]:
        """What encloses a unit, innermost first, without the file."""
        found = self._above.get(candidate)
        if found is None:
            found = self._above[candidate] = list(self._all_above(candidate))
        return found

    def _all_above(self, candidate: Candidate) -> Iterator[Candidate]:
        index = candidate.file.units[candidate.index].parent
        while index > 0:
            key = candidate.file.path, index
            if key not in self._known:
                name = candidate.name.rpartition(candidate.file.language.data.separator)[2]
                self._known[key] = Candidate(
                    candidate.file, index, self._count, rank=candidate.rank, score=candidate.score,
                    step=candidate.step, reasons=(f"holds {name}",),
                )  # fmt: skip
            yield self._known[key]
            index = candidate.file.units[index].parent

    def rise(self, candidate: Candidate) -> Rise:
        """How a candidate rises."""
        found = self._rises.get(candidate)
        if found is None:
            found = self._rises[candidate] = _rise(candidate)
        return found


def _take(candidate: Candidate, resolution: Resolution, holders: Holders, made: Pack, limit: float) -> bool:
    """Choose a unit with what holds it, if all of that fits."""
    if not candidate.text(resolution):
        return False
    missing = [
        holder for holder in holders.above(candidate) if holder not in made.chosen and holder.text("outline")
    ]
    cost = made.cost(candidate, resolution)
    if not made.fits(cost + sum([made.cost(holder, "outline") for holder in missing]), limit):
        return False
    for holder in missing:
        made.take(holder, "outline")
    made.take(candidate, resolution, None if missing else cost)
    return True


def _take_named(candidates: Sequence[Candidate], holders: Holders, made: Pack) -> None:
    """What was asked for by name: whole within the budget's share, else as much of it as fits."""
    limit = made.budget * _FIRST_SHARE
    named = [candidate for candidate in candidates if candidate.named]
    if not named and candidates and not _take(candidates[0], "exact", holders, made, limit):
        _take_parts(candidates[0], holders, made, limit)
    for resolution in reversed(_STEPS):
        for candidate in named:
            if candidate not in made.chosen:
                _take(candidate, resolution, holders, made, limit if resolution == "exact" else made.budget)


def _take_best(candidates: Sequence[Candidate], holders: Holders, made: Pack) -> None:
    limit, largest = made.budget * _WHOLE_SHARE, made.budget * LARGEST_SHARE
    missed = 0
    for candidate in candidates:
        if missed > _MISSES or made.spent >= limit:
            return
        if candidate in made.chosen or not candidate.index:
            continue
        if _take_parts(candidate, holders, made, limit):
            missed = 0
            continue
        if candidate.exact_tokens > largest:
            continue
        fits = made.fits(candidate.exact_tokens, limit) and _take(candidate, "exact", holders, made, limit)
        missed = 0 if fits else missed + 1


def _take_parts(candidate: Candidate, holders: Holders, made: Pack, limit: float) -> bool:
    """Choose what matters of a long unit, if that fits; what it costs about is known before it is made."""
    if not candidate.may_be_in_parts or not made.fits(int(candidate.exact_tokens * _PARTS_SHARE), limit):
        return False
    return candidate.tokens("parts") <= made.budget * LARGEST_SHARE and _take(
        candidate, "parts", holders, made, limit
    )


def _take_rest(candidates: Sequence[Candidate], holders: Holders, made: Pack) -> None:
    """Always the step up that adds most value per token; what a step really costs is looked up when it is due."""
    heap: list[tuple[float, int, int]] = []
    for number, candidate in enumerate(candidates):
        at, rise = made.chosen.get(candidate), holders.rise(candidate)
        steps = rise.resolutions
        step = 0 if at is None else steps.index(at) + 1 if at in steps else len(steps)
        if step < len(steps):
            heap.append((rise.order[step], number, step))
    heapify(heap)
    while heap and made.spent < made.budget:
        _, number, step = heappop(heap)
        candidate = candidates[number]
        rise, at = holders.rise(candidate), made.chosen.get(candidate)
        steps = rise.resolutions
        if at is not None and steps.index(at) >= step:
            step = steps.index(at)
        elif not (
            made.fits(rise.sure[step]) and (_take(candidate, steps[step], holders, made, made.budget) or step)
        ):
            continue
        if step + 1 < len(steps) and candidate in made.chosen:
            heappush(heap, (rise.order[step + 1], number, step + 1))


def _drop_told(made: Pack) -> None:
    """Give up what only lists the names of units that are all given themselves."""
    given = {candidate.key for candidate in made.chosen}
    for candidate in [
        one for one, resolution in made.chosen.items() if not one.index and resolution == "outline"
    ]:
        inner = candidate.file.children.get(0, ())
        if inner and all((candidate.file.path, index) in given for index in inner):
            made.drop(candidate)


def _rise(candidate: Candidate) -> Rise:
    """The resolutions that a unit rises through, in the middle its parts where it is long, with what each step costs
    about and what it adds per token.
    """
    steps = _STEPS_OF_LONG if candidate.may_be_in_parts else _STEPS
    worth = WORTH if candidate.index else _FILE_WORTH
    gains = [worth[steps[0]], worth[steps[1]] - worth[steps[0]], worth[steps[2]] - worth[steps[1]]]
    costs, squared = _estimates(candidate), candidate.score * candidate.score
    order = [-(squared * gain / max(cost, 1.0)) for gain, cost in zip(gains, costs, strict=True)]
    return Rise(steps, tuple([int(cost * _SURE) for cost in costs]), tuple(order))


def _estimates(candidate: Candidate) -> tuple[float, float, float]:
    """About what each step up costs, before anything is rendered."""
    whole = candidate.exact_tokens
    outline = min(whole, 12 + whole * 0.1)
    medium = max(outline, min(whole, 15 + whole * (_PARTS_SHARE if candidate.may_be_in_parts else 0.6)))
    return outline + 15, medium - outline, whole - medium

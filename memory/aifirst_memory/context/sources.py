"""What the steps ask of a memory: a protocol, and the places in an index they speak of."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from aifirst_memory.search.result import Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aifirst_memory.context.steps.rank import Ranked
    from aifirst_memory.history.reader import HistoryReader
    from aifirst_memory.vectors.reader import VectorReader


class UnitPlace(NamedTuple):
    """A unit of the index: the path of its file and its number in that file."""

    path: str
    unit: int


class Found(NamedTuple):
    """A unit that a step found, and why."""

    place: UnitPlace
    reason: str


class StepList(msgspec.Struct, frozen=True):
    """What one step found, best first, each unit once. `weight` is what its ranks count for."""

    step: str
    weight: float
    found: Sequence[Found]


class RankedUnit(NamedTuple):
    """A unit that search found. `score` falls from 1."""

    place: UnitPlace
    score: float


class MeasuredUnits(NamedTuple):
    """Units that may be given for a query, in parallel arrays: where they are, and what is known of them by name.

    `named` says which the query names itself, by file and line for example.
    """

    places: Callable[[Sequence[int]], list[UnitPlace]]
    """The places of the units at some rows."""
    named: NDArray[np.bool_]
    columns: dict[str, NDArray[np.float32]]


class Searched(NamedTuple):
    """What search found for a text, best first, and what it has to say about its answer.

    `measure` gives what is known of these units, of all that steps found (each step's list, and all of them fused) and
    of the others in the best files; None where nothing was searched.
    """

    units: Sequence[RankedUnit]
    notices: Sequence[str]
    measure: Callable[[Sequence[StepList], Sequence[Ranked]], MeasuredUnits] | None


class ContextSources(Protocol):
    """An open memory as the steps see it. `None` for a level that is not there."""

    @property
    def root(self) -> Path: ...

    @property
    def connection(self) -> sqlite3.Connection: ...

    @property
    def tokenizer(self) -> str:
        """The name of the tokenizer that the budget is counted with."""
        ...

    @property
    def max_file_bytes(self) -> int: ...

    def word_shares(self, words: Collection[str]) -> Mapping[str, float]:
        """In which share of the project's files each of some words is said; those that none says are left out."""
        ...

    def vectors(self) -> VectorReader | None: ...

    def history(self) -> HistoryReader | None: ...

    def rank_units(self, text: str, without: Collection[Source], k: int) -> Searched:
        """The `k` best units that search finds for a text."""
        ...

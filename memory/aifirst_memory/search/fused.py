"""Turns a ranking of files into results: the units of each that stand out, or the file where none does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from aifirst_memory.search.query import Query
from aifirst_memory.search.rank import RankedFiles
from aifirst_memory.search.reasons import FileReasons, unit_reasons
from aifirst_memory.search.result import SearchRequest, SearchResult
from aifirst_memory.tree.level import file_at, units_of

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.record import UnitRecord

_UNITS_OF_FILE = 3
"""Units of one file in a list of results, unless it asks for units only."""
_LEAST_SHARE = 0.5
"""Of the score of a file's best unit, from which another unit stands out too."""
_WHOLE = -1


class _Found(NamedTuple):
    """A result before it is told: `unit` is an index into its file's units, or `_WHOLE`; `best` is the file's best."""

    score: float
    position: int
    unit: int
    best: int


def fused_results(
    memory: Memory, query: Query, request: SearchRequest, ranked: RankedFiles
) -> list[SearchResult]:
    """The best files, each as its best units, or as itself where no unit of it stands out; `k` at most."""
    paths = memory.files.paths
    found = [
        one
        for position in ranked.best(request.k)
        for one in _of_file(memory, request, ranked, position)
    ]  # fmt: skip
    found.sort(key=lambda one: (-one.score, paths[one.position], one.unit))
    return _told(memory, query, ranked, found[: request.k])


def _of_file(memory: Memory, request: SearchRequest, ranked: RankedFiles, position: int) -> list[_Found]:
    """The units of a file that the query is about, best first, or the file."""
    files = memory.files
    score = ranked.relative(position)
    first, count = int(files.first_units[position]), int(files.units[position])
    scores = ranked.unit_scores(first, count)
    order = np.argsort(-scores, kind="stable")[
        : _UNITS_OF_FILE if request.kind == "any" else request.k
    ].tolist()
    highest = float(scores[order[0]])
    if request.kind == "file" or highest <= 0:
        whole = _Found(score, position, _WHOLE, order[0] if highest > 0 else _WHOLE)
        return [] if request.kind == "unit" else [whole]
    shares = [(index, float(scores[index]) / highest) for index in order]
    return [
        _Found(score * share, position, index, order[0]) for index, share in shares if share >= _LEAST_SHARE
    ]


def _told(memory: Memory, query: Query, ranked: RankedFiles, found: list[_Found]) -> list[SearchResult]:
    """The results with what a reader wants to know."""
    files = memory.files
    why = _Why(memory, query, ranked, found)
    units: dict[int, tuple[UnitRecord, ...]] = {}
    results: list[SearchResult] = []
    for one in found:
        path, reasons = files.paths[one.position], why(one)
        if one.unit == _WHOLE:
            row, tokens = file_at(memory.connection, path), int(files.tokens[one.position])
            lines = row.lines if row else 1
            results.append(SearchResult(path, "", 1, lines, "file", one.score, tokens, reasons))
            continue
        if one.position not in units:
            units[one.position] = units_of(memory.connection, int(files.file_ids[one.position]))
        unit = units[one.position][one.unit]
        results.append(
            SearchResult(
                path, unit.name, unit.line, unit.end_line, unit.kind, one.score, unit.tokens, reasons
            )
        )
    return results


class _Why:
    """The reasons of results; what speaks for a file stands with its best unit only."""

    def __init__(self, memory: Memory, query: Query, ranked: RankedFiles, found: list[_Found]) -> None:
        self._first_units = memory.files.first_units
        self._named = ranked.features.by_unit.get("named")
        self._of_file = FileReasons(memory, query, ranked)
        units = {self._unit_id(one, unit) for one in found for unit in (one.unit, one.best) if unit != _WHOLE}
        self._said = unit_reasons(memory, query, sorted(units))

    def __call__(self, one: _Found) -> tuple[str, ...]:
        own = () if one.unit == _WHOLE else self._said[self._unit_id(one, one.unit)]
        if one.unit in (one.best, _WHOLE):
            of_best = () if one.best == _WHOLE else self._said[self._unit_id(one, one.best)]
            of_file = self._of_file(one.position, of_best[0] if of_best else "")
            told = any(reason.startswith(mine) for mine in own for reason in of_file)
            reasons = of_file if told else (*own, *of_file)
        else:
            reasons = own or ("means something similar",)
        if self._named is None or one.unit == _WHOLE or not self._named[self._unit_id(one, one.unit)]:
            return reasons
        return ("stands at a line that the query names", *reasons)

    def _unit_id(self, one: _Found, unit: int) -> int:
        return int(self._first_units[one.position]) + unit

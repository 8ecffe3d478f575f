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
    """The results with what a reader wants to know; what speaks for a file stands with its best unit only."""
    files = memory.files
    said = unit_reasons(
        memory,
        query,
        {int(files.first_units[one.position]) + max(i, 0) for one in found for i in (one.unit, one.best)},
    )
    of_file = FileReasons(memory, query, ranked)
    named = ranked.features.by_unit.get("named")
    units: dict[int, tuple[UnitRecord, ...]] = {}
    results: list[SearchResult] = []
    for one in found:
        path, first = files.paths[one.position], int(files.first_units[one.position])
        own = () if one.unit == _WHOLE else said[first + one.unit]
        if one.unit == one.best or one.unit == _WHOLE:
            of_best = said[first + one.best] if one.best != _WHOLE else ()
            reasons = of_file(one.position, of_best[0] if of_best else "")
            reasons = (
                *(reason for reason in own if not any(r.startswith(reason) for r in reasons)),
                *reasons,
            )
        else:
            reasons = own or ("means something similar",)
        if named is not None and one.unit != _WHOLE and named[first + one.unit] > 0:
            reasons = ("stands at a line that the query names", *reasons)
        if one.unit == _WHOLE:
            row = file_at(memory.connection, path)
            results.append(
                SearchResult(
                    path,
                    "",
                    1,
                    row.lines if row else 1,
                    "file",
                    one.score,
                    int(files.tokens[one.position]),
                    reasons,
                )
            )
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

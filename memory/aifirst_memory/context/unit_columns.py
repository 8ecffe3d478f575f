"""What an index knows of each unit that may be given for a query, as columns that the ranker of units reads.

All of it is there when a search is done and the steps have run: no file is read. The candidates are what the steps
found, and the units of the best files that fit the query best. Scores are brought to what the best has, so that the same
trees serve all projects. Whether a file is a test or a document is no column: the trees learn from code alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.context.sources import MeasuredUnits, StepList, UnitPlace
from aifirst_memory.context.steps.rank import Ranked
from aifirst_memory.search.result import Source
from aifirst_memory.search.weights import UNIT_WEIGHTS

if TYPE_CHECKING:
    from aifirst_memory.file_table import FileTable
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.rank import RankedFiles

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]
_FILES: Final = 24
_UNITS: Final = ((3, 80), (10, 40), (_FILES, 20))
"""Of the files up to a place so many units, those that fit the query best."""
_STEPS: Final = (
    "search", "dependency", "dependent", "tests", "transitive", "embedding", "concepts", "history", "tags", "tree",
    "specification",
)  # fmt: skip
_NOT_FOUND: Final = 100.0
"""The place of what a step did not find."""
_LAST: Final = 400.0
"""The place of what stands further behind, or nowhere."""
_SEEDS: Final = 20
"""Units from which it is looked for what belongs to them."""
_OF_FILE: Final = (
    "around_log", "clause_place", "companions", "completes_names", "file_code", "like_commit_best", "like_commits",
    "linked", "nearest_commits", "of_likely_commits", "own_commits_mean", "said_of", "says_rare", "stem", "together",
    "unit_code", "unit_says", "used_by_likely", "vector", "vector_mean", "with_best_lately",
)  # fmt: skip
"""What the search says of files, beside their score."""


def measure_units(
    memory: Memory, ranked: RankedFiles, lists: Sequence[StepList], fused: Sequence[Ranked],
    without: Collection[Source] = (),
) -> MeasuredUnits:  # fmt: skip
    """The columns of all candidates, by ascending id. `lists` and `fused` are what the steps found for the query."""
    files = memory.files
    fits = _fits(ranked)
    found = _ids(files, [one.place for one in fused])
    ids = np.unique(np.concatenate((found[found >= 0], _of_best_files(ranked, fits))))
    positions = files.unit_position[ids].astype(np.intp)
    columns = _of_steps(ids, found, lists, fused)
    columns |= _of_files(ranked, positions)
    columns |= _of_units(ranked, ids, positions, fits)
    columns |= _of_words(memory, ranked, ids)
    columns["near"] = np.zeros(len(ids)) if "graph" in without else _near(memory, ids, columns["fits_here"])

    def places(rows: Sequence[int]) -> list[UnitPlace]:
        return [
            UnitPlace(files.paths[positions[row]], int(ids[row] - files.first_units[positions[row]]))
            for row in rows
        ]

    return MeasuredUnits(
        places,
        _fitted(ranked.features.by_unit.get("named"), len(fits))[ids] > 0,
        {name: np.asarray(values, np.float32) for name, values in columns.items()},
    )


def _fitted(values: Floats | None, size: int) -> Floats:
    """Numbers by unit id, zeros for ids beyond them."""
    if values is None:
        return np.zeros(size, np.float32)
    if len(values) < size:
        return np.concatenate((values, np.zeros(size - len(values), np.float32)))
    return values


def _ids(files: FileTable, places: Sequence[UnitPlace]) -> Ids:
    """The ids of units; -1 for one that the index has not."""
    firsts: list[int] = files.first_units.tolist()
    units: list[int] = files.units.tolist()
    at = files.by_path
    found = np.full(len(places), -1, np.intp)
    for number, place in enumerate(places):
        position = at.get(place.path)
        if position is not None and place.unit < units[position]:
            found[number] = firsts[position] + place.unit
    return found


def _fits(ranked: RankedFiles) -> Floats:
    """How well every unit fits the query by words, names and meaning, as units of one file are compared by search."""
    total = np.zeros(len(ranked.features.files.unit_position), np.float32)
    for name, weight in UNIT_WEIGHTS.items():
        column = ranked.features.by_unit.get(name)
        highest = 0.0 if column is None else float(column.max(initial=0.0))
        if column is not None and highest > 0:
            part = column[: len(total)]
            total[: len(part)] += np.float32(weight / highest) * part
    return total


def _of_best_files(ranked: RankedFiles, fits: Floats) -> Ids:
    files = ranked.features.files
    found: list[Ids] = [np.zeros(0, np.intp)]
    for place, position in enumerate(ranked.best(_FILES)):
        first, count = int(files.first_units[position]), int(files.units[position])
        most = next(units for last, units in _UNITS if place < last)
        own = np.argsort(-fits[first : first + count], kind="stable")[:most]
        found.append(first + own)
    return np.concatenate(found)


def _of_steps(
    ids: Ids, found: Ids, lists: Sequence[StepList], fused: Sequence[Ranked]
) -> dict[str, NDArray[np.floating]]:
    """Where the steps and all of them together have a unit."""
    at = np.searchsorted(ids, found).tolist()
    rows = {one.place: row for one, row, unit in zip(fused, at, found.tolist(), strict=True) if unit >= 0}
    score, place = np.zeros(len(ids)), np.full(len(ids), _LAST)
    for number, one in enumerate(fused):
        row = rows.get(one.place)
        if row is not None:
            score[row], place[row] = one.score, min(number, _LAST)
    columns: dict[str, NDArray[np.floating]] = {"fused": score, "fused_place": place}
    for name in _STEPS:
        columns[f"step_{name}"] = np.full(len(ids), _NOT_FOUND)
    for one in lists:
        column = columns.get(f"step_{one.step}")
        if column is None:
            continue
        for number, each in enumerate(one.found, 1):
            row = rows.get(each.place)
            if row is not None and number < column[row]:
                column[row] = number
    return columns


def _of_files(ranked: RankedFiles, positions: Ids) -> dict[str, NDArray[np.floating]]:
    """How likely the file of each unit is, and how large."""
    scores, files = ranked.scores, ranked.features.files
    highest = max(float(scores.max(initial=0.0)), 1e-9)
    chances = np.exp(scores.astype(np.float64) - highest)
    chances /= max(float(chances.sum()), 1e-9)
    falling = -np.sort(-scores)
    own = scores[positions]
    columns: dict[str, NDArray[np.floating]] = {
        "file_score": own,
        "file_share": own / highest,
        "file_chance": chances[positions],
        "file_place": np.minimum(np.searchsorted(-falling, -own, "left"), _LAST).astype(np.float32),
        "file_units": files.units[positions].astype(np.float32),
        "file_tokens": files.tokens[positions].astype(np.float32),
    }
    for name in _OF_FILE:
        column = ranked.features.columns.get(name)
        columns[f"file_{name}"] = np.zeros(len(positions)) if column is None else column[positions]
    return columns


def _of_units(ranked: RankedFiles, ids: Ids, positions: Ids, fits: Floats) -> dict[str, NDArray[np.floating]]:
    """What the words and the meaning of a unit and of those beside it say of the query."""
    files, size = ranked.features.files, len(fits)
    own = fits[ids]
    starts = np.flatnonzero(np.diff(positions, prepend=-1))
    group = np.cumsum(np.diff(positions, prepend=-1) != 0) - 1
    order = np.lexsort((-own, positions))
    place = np.empty(len(ids))
    place[order] = np.arange(len(ids)) - starts[group]
    first = files.first_units[positions]
    highest = max(float(ranked.scores.max(initial=0.0)), 1e-9)
    columns: dict[str, NDArray[np.floating]] = {
        "fits": own,
        "fits_share": own / np.maximum(_most(own, starts)[group], 1e-9),
        "fits_place": place,
        "fits_here": own * np.maximum(ranked.scores[positions], 0) / highest,
        "unit": (ids - first).astype(np.float32),
        "unit_share": (ids - first) / np.maximum(files.units[positions], 1),
        "candidates": np.bincount(group)[group].astype(np.float32) if len(ids) else own,
    }
    before, behind = np.maximum(ids - 1, 0), np.minimum(ids + 1, size - 1)
    beside = [(other, files.unit_position[other] == positions) for other in (before, behind)]
    for name in ("lexical", "code", "names", "vector"):
        values = _fitted(ranked.features.by_unit.get(name), size)
        most = max(float(values.max(initial=0.0)), 1e-9)
        said = values[ids]
        columns[name] = said / most
        columns[f"{name}_share"] = said / np.maximum(_most(said, starts)[group], 1e-9)
        if name in ("lexical", "vector"):
            for side, (other, same) in zip(("before", "behind"), beside, strict=True):
                columns[f"{name}_{side}"] = np.where(same, values[other] / most, 0)
    return columns


def _most(values: Floats, starts: Ids) -> Floats:
    """The highest number of each stretch."""
    return np.maximum.reduceat(values, starts) if len(starts) else values


def _of_words(memory: Memory, ranked: RankedFiles, ids: Ids) -> dict[str, NDArray[np.floating]]:
    """How much of the query a unit says, rare words more; the most that one word is worth; how long the unit is."""
    lengths = memory.lexical.unit_lengths(ids)
    columns: dict[str, NDArray[np.floating]] = {"length_code": lengths[0], "length_glue": lengths[1]}
    words = sorted(ranked.features.weights)
    said, most = np.zeros(len(ids)), np.zeros(len(ids))
    if words and "lexical" in ranked.features.by_unit:
        found = memory.lexical.standing(words, ids.astype(np.int64))
        of_files = np.bincount(found.words, minlength=len(words))
        rarity = np.log1p(1 + len(memory.files.paths) / np.maximum(of_files, 1)) * (of_files > 0)
        worth = np.array([ranked.features.weights[word] for word in words]) * rarity
        worth /= max(float(worth.sum()), 1e-9)
        stands = np.zeros((len(words), len(ids)), np.bool_)
        stands[found.unit_words, found.units] = True
        said, most = worth @ stands, (worth[:, None] * stands).max(axis=0)
    columns["words"], columns["words_most"] = said, most
    columns["asked"] = np.full(len(ids), len(words))
    return columns


def _near(memory: Memory, ids: Ids, fits: NDArray[np.floating]) -> Floats:
    """How near a unit is in the dependency graph to those that fit best, themselves too."""
    best = np.argsort(-fits, kind="stable")[:_SEEDS]
    seeds = {int(ids[at]): float(fits[at]) for at in best if fits[at] > 0}
    spread = memory.graph.spread(seeds, 2)
    inside = np.minimum(ids, len(spread) - 1)
    near = np.where(ids < len(spread), spread[inside], np.float32(0))
    return np.asarray(near / max(float(near.max(initial=0.0)), 1e-9), np.float32)

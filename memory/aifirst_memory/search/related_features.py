"""What follows from a first ranking: what changes together with its best files, what they use and what uses them,
what the tests that say the query test, where in the project the best files lie, whose names the query says.

Looked at for the best files of the first ranking only, so it costs next to nothing however large the project is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.lexical.words import split_identifier, words
from aifirst_memory.search.best_places import best_places, highest_places
from aifirst_memory.search.file_role import TEST
from aifirst_memory.search.history_features import from_history
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.features import Features, Scores

_FEW = 5
_TESTS = 10
_MANY = 100
_SMALL = 20
"""Files of code from which on it tells something that two lie together."""


def expand(
    features: Features, memory: Memory, query: Query, first: Scores, without: Collection[Source] = ()
) -> None:
    """Add the columns that follow from the scores of a first ranking."""
    files = features.files
    if not files.paths:
        return
    top = files.code[highest_places(first[files.code], _FEW)]
    if not len(top):
        return
    chances = _chances(first[top])
    if features.like_past is not None:
        _add_together(features, memory, features.like_past, top, chances)
        _add_together_with_tests(features, memory)
    if "graph" not in without:
        _add_linked(features, memory, int(top[0]))
        _add_tested(features, memory)
    many = highest_places(first, _MANY)
    _add_around(features, many, _chances(first[many]))
    # Where there are few files, all lie together and change together.
    spread = np.float32(min(1.0, len(files.code) / _SMALL))
    for name in ("together", "around"):
        if name in features.columns:
            features.columns[name] *= spread
    if "lexical" not in without:
        _add_stem(features, query, many)


def _chances(scores: Scores) -> NDArray[np.float64]:
    chances = np.exp(scores.astype(np.float64) - float(scores[0]))
    return chances / chances.sum()


def _add_together(
    features: Features,
    memory: Memory,
    like_past: Scores,
    top: NDArray[np.intp],
    chances: NDArray[np.float64],
) -> None:
    """Files of those past commits of the best files that are like the query."""
    found = np.zeros(len(features.files.paths), np.float32)
    indexes = memory.history_positions
    for position, chance in zip(top.tolist(), chances.tolist(), strict=True):
        index = int(indexes[position])
        if index >= 0:
            found += np.float32(chance) * from_history(memory, memory.history.together_in(index, like_past))
    features.columns["together"] = found


def _add_together_with_tests(features: Features, memory: Memory) -> None:
    """What changes together with the tests that say the words of the query."""
    files, said = features.files, features.said
    if said is None:
        return
    tests = np.flatnonzero(files.roles == TEST)
    found = np.zeros(len(files.paths), np.float32)
    indexes, now = memory.history_positions, memory.positions_of_history
    for position in tests[best_places(said[tests], _TESTS)].tolist():
        index = int(indexes[position])
        if index < 0:
            continue
        together = memory.history.together_with(index, 20)
        at = now[together.others]
        there = at >= 0
        found[at[there]] += said[position] * together.scores[there]
    features.add("tests_together", found)


def _add_linked(features: Features, memory: Memory, best: int) -> None:
    """What the units of the best file use and what uses them, each file by its share."""
    files, graph = features.files, memory.graph
    first = min(int(files.first_units[best]), graph.size)
    end = min(first + int(files.units[best]), graph.size)
    edges = slice(int(graph.starts[first]), int(graph.starts[end]))
    targets, shares = graph.targets[edges], graph.shares[edges]
    known = targets < len(files.unit_position)
    positions, shares = files.unit_position[targets[known]], shares[known]
    other = (positions >= 0) & (positions != best)
    found = np.bincount(positions[other], shares[other], minlength=len(files.paths)).astype(np.float32)
    features.columns["linked"] = found / max(float(found.sum()), 1e-9)


def _add_tested(features: Features, memory: Memory) -> None:
    """What the units of tests that say the words of the query use."""
    files, lexical = features.files, features.by_unit.get("lexical")
    if lexical is None:
        return
    ids = files.test_units
    ids = ids[ids < len(lexical)]
    best = ids[best_places(lexical[ids], 20)]
    tested = memory.graph.spread({int(unit): float(lexical[unit]) for unit in best}, 1)
    features.add("tested", files.sum_by_file(tested))


def _add_around(features: Features, many: NDArray[np.intp], chances: NDArray[np.float64]) -> None:
    """How much of what is likely lies in the folders around a file, from the innermost to the outermost."""
    paths: list[str] = features.files.paths
    positions: list[int] = many.tolist()
    above = {position: _folders(paths[position].rpartition("/")[0]) for position in positions}
    mass: defaultdict[str, float] = defaultdict(float)
    for (_, folders), chance in zip(above.items(), chances.tolist(), strict=True):
        for folder in folders:
            mass[folder] += chance
    column = np.zeros(len(paths), np.float32)
    for (position, folders), chance in zip(above.items(), chances.tolist(), strict=True):
        if folders:
            column[position] = sum(mass[folder] - chance for folder in folders) / len(folders)
    features.columns["around"] = column


@lru_cache(10_000)
def _folders(folder: str) -> tuple[str, ...]:
    """A folder and those that it is in, without the root."""
    found: list[str] = []
    while folder:
        found.append(folder)
        folder = folder.rpartition("/")[0]
    return tuple(found)


def _add_stem(features: Features, query: Query, many: NDArray[np.intp]) -> None:
    """How much of the name of a file the query says."""
    said = {*words(query.text[:3000]), *query.joined}
    column = np.zeros(len(features.files.paths), np.float32)
    paths: list[str] = features.files.paths
    positions: list[int] = many.tolist()
    for position in positions:
        parts, whole = _name_words(paths[position].rpartition("/")[2].partition(".")[0])
        if parts:
            column[position] = 1.0 if whole in said else sum(map(said.__contains__, parts)) / len(parts)
    features.columns["stem"] = column


@lru_cache(10_000)
def _name_words(name: str) -> tuple[tuple[str, ...], str]:
    """The parts of the name of a file, and the whole of it as one word."""
    parts = split_identifier(name)
    return parts, words(name)[-1] if parts else ""

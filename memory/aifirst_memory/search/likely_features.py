"""What speaks for a candidate beside the likeliest files: what it says beyond them, what they use, what past commits
that are like the query changed with them; and which names the query writes as its path does.

Most of these are shares that are small for nearly all files, so they are taken on a scale of logarithms: from nothing
to a little is more of a step than from much to more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.search.best_places import highest_places
from aifirst_memory.search.candidates import LIKELIEST, Candidates
from aifirst_memory.search.compound_names import names_in_path, names_in_text
from aifirst_memory.search.history_features import trust_in
from aifirst_memory.search.query import Query
from aifirst_memory.search.result import Source
from aifirst_memory.search.word_coverage import WordCoverage

if TYPE_CHECKING:
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.features import Features, Scores

_FINE, _COARSE = 0.002, 0.05
"""Where the scales of logarithms begin to bend."""
_NEAREST = 30
"""Commits most like the query that are looked at by themselves."""


def compare_likely(
    features: Features,
    memory: Memory,
    query: Query,
    candidates: Candidates,
    coverage: WordCoverage | None,
    without: Collection[Source] = (),
) -> None:
    """Add these columns of the candidates; `coverage` is None where words take no part."""
    if coverage is not None:
        _add_words(features, candidates, coverage)
        _add_written(features, candidates, query)
    if "graph" not in without:
        _add_used_by_likely(features, memory, candidates)
    if features.like_past is not None:
        _add_likely_past(features, memory, candidates, features.like_past)
    around = features.columns.get("around")
    if around is not None:
        candidates.put(features, "around_log", _bent(around[candidates.positions], _COARSE))


def _bent(values: NDArray[np.floating], start: float) -> NDArray[np.float64]:
    """Values from 0 up on a scale of logarithms, 0 where they are 0."""
    return np.log1p(np.maximum(values, 0) * (1 / start))


def _add_words(features: Features, candidates: Candidates, coverage: WordCoverage) -> None:
    """What names and the best unit say, and say beyond those of the likeliest; what it says that few do."""
    anywhere, best, named, worth = coverage.anywhere, coverage.best_unit, coverage.named, coverage.worth
    few = min(LIKELIEST, named.shape[1])
    told = np.maximum(best, named)
    pairs = coverage.beyond(told, told[:, :few])
    candidates.put(features, "completes_names", _bent(candidates.by_others(pairs), _FINE))
    pairs = coverage.beyond(named, named[:, :few])
    candidates.put(features, "adds_names", _bent(candidates.by_others(pairs), _FINE))
    candidates.put(features, "names_say", _bent(worth @ named, _COARSE))
    rare = worth / np.maximum(anywhere.sum(axis=1), 1)
    candidates.put(features, "says_rare", _bent(rare @ anywhere / (rare.sum() + 1e-9), _COARSE))
    code, files = features.by_unit["code"], features.files
    firsts, counts = files.first_units[candidates.positions], files.units[candidates.positions]
    spans = zip(firsts.tolist(), counts.tolist(), strict=True)
    highest = np.array([code[first : first + n].max(initial=0.0) for first, n in spans])
    candidates.put(features, "unit_code", highest / (highest.max() or 1.0))


def _add_written(features: Features, candidates: Candidates, query: Query) -> None:
    """Whether the query writes a name of several words that is in the path, less the more candidates have it."""
    written = names_in_text(query.text)
    paths: list[str] = features.files.paths
    positions: list[int] = candidates.positions.tolist() if written else []
    said = [written.intersection(names_in_path(paths[position])) for position in positions]
    shared = Counter(name for names in said for name in names)
    if shared:
        least = [max((1 / shared[name] for name in names), default=0.0) for names in said]
        candidates.put(features, "written", _bent(np.array(least), _COARSE))


def _add_used_by_likely(features: Features, memory: Memory, candidates: Candidates) -> None:
    """What those units of the likeliest files use, and are used by, that fit the query."""
    files, graph = features.files, memory.graph
    place = np.full(len(files.paths) + 1, -1, np.int64)
    place[candidates.positions] = np.arange(len(candidates.positions))
    pairs = np.zeros((min(LIKELIEST, len(candidates.positions)), len(candidates.positions)))
    for row in range(len(pairs)):
        best = int(candidates.positions[row])
        first = min(int(files.first_units[best]), graph.size)
        end = min(first + int(files.units[best]), graph.size)
        fits = candidates.fits[first:end] ** 3
        edges = slice(int(graph.starts[first]), int(graph.starts[end]))
        targets = graph.targets[edges]
        worth = graph.shares[edges] * np.repeat(fits, np.diff(graph.starts[first : end + 1]))
        known = targets < len(files.unit_position)
        at = place[files.unit_position[targets[known]]]
        there = at >= 0
        pairs[row] = np.bincount(at[there], worth[known][there], minlength=pairs.shape[1])
        pairs[row] /= float(fits.sum()) + 1e-9
    candidates.put(features, "used_by_likely", _bent(candidates.by_others(pairs), _FINE))


def _add_likely_past(features: Features, memory: Memory, candidates: Candidates, like_past: Scores) -> None:
    """Of the commits like the query: the share of a likely file's that changed it too, and of its own a likely one."""
    history, active = memory.history, memory.activity
    trust = trust_in(history)
    features.columns["commits"] = active.commits * trust
    indexes = memory.history_positions[candidates.positions]
    there, known = indexes >= 0, np.maximum(indexes, 0)
    highest = float(like_past.max(initial=0.0))
    if highest <= 0:
        return
    like = (like_past / np.float32(highest)) * active.shares
    own = history.sums_of(known, like) + 0.1
    few = min(LIKELIEST, len(indexes))
    of_own, of_likely = np.zeros((2, few, len(indexes)))
    for row, index in enumerate(indexes[:few].tolist()):
        if index >= 0:
            shared = np.where(there, history.shared_with(index, like)[known], 0)
            of_own[row], of_likely[row] = shared / own, shared / own[row]
    candidates.put(features, "of_likely_commits", of_likely.max(axis=0) * trust)
    candidates.put(features, "own_commits", _bent(of_own.max(axis=0), _FINE) * trust)
    candidates.put(features, "own_commits_mean", candidates.mean_by_others(of_own) * trust)
    if indexes[0] >= 0:
        lately = history.shared_with(int(indexes[0]), active.recent)[known] / (active.of_recent[known] + 1)
        candidates.put(features, "with_best_lately", np.where(there, lately, 0) * trust)
    nearest = highest_places(like_past, _NEAREST)
    spoken = history.changed_by(nearest, like_past[nearest] * active.shares[nearest])
    most = float(spoken.max(initial=0.0)) or 1.0
    said = _bent(np.where(there, spoken[known] / most, 0), _COARSE)
    candidates.put(features, "nearest_commits", said * trust)

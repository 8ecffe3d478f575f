"""aifirst itself as a ranker: the project's tree on disk, its index brought up to date, one search a variant.

All variants of a question are ranked at once, because bringing the index from one commit to the next costs more
than searching it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from aifirst_memory.memory import Memory
from aifirst_memory.search.features import Features
from aifirst_memory.search.query import Query, read_query
from aifirst_memory.search.rank import measure_all, rank_measured, weigh
from aifirst_memory.search.result import Source
from aifirst_memory.search.weights import SECOND

from benchmarks.localisation.ranker import best_per_path
from benchmarks.localisation.repository import Question, Repository
from benchmarks.localisation.working_tree import WorkingTree

NOTHING: frozenset[Source] = frozenset()
_DEPTH = 100
_known: dict[tuple[str, str, str], dict[str, list[str]]] = {}


def ranking(question: Question, variant: str) -> list[str]:
    """The files of the question's tree in the order of a variant: see `VARIANTS`."""
    key = question.repository.name, question.base_commit, question.text
    if key not in _known:
        _known[key] = _rank_all(question)
    return _known[key][variant]


def _rank_all(question: Question) -> dict[str, list[str]]:
    project = _project(question.repository)
    memory = project.at(question.base_commit)
    query = read_query(question.text)
    with memory.moment():
        return {name: rank(memory, query, question) for name, rank in VARIANTS.items()}


def _fused(without: frozenset[Source]) -> Callable[[Memory, Query, Question], list[str]]:
    def rank(memory: Memory, query: Query, question: Question) -> list[str]:
        return _paths(measure_all(memory, query, without), query, question, without)

    return rank


def _with_minilm(memory: Memory, query: Query, question: Question) -> list[str]:
    """The static embedder's columns replaced by what MiniLM says of the units of the tree's files."""
    from benchmarks.localisation.rankers.minilm_units import scores_of_units

    features = measure_all(memory, query)
    paths, scores = scores_of_units(question)
    best = best_per_path(paths, scores)
    column = np.array([best.get(path, 0.0) for path in features.files.paths], np.float32)
    features.add("vector", column)
    features.columns.pop("vector_mean", None)
    features.before = weigh(features, SECOND)
    return _paths(features, query, question, NOTHING)


def _paths(features: Features, query: Query, question: Question, without: frozenset[Source]) -> list[str]:
    ranked = rank_measured(features, query, without)
    paths = features.files.paths
    return [paths[at] for at in ranked.best(len(paths)) if paths[at] in question.tree][:_DEPTH]


VARIANTS: dict[str, Callable[[Memory, Query, Question], list[str]]] = {
    "aifirst": _fused(NOTHING),
    "no_history": _fused(frozenset({"history"})),
    "no_vectors": _fused(frozenset({"vectors"})),
    "minilm": _with_minilm,
}


class _Project:
    """The working tree of one project and its open index."""

    def __init__(self, repository: Repository) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="aifirst-localisation-")
        self._tree = WorkingTree(
            repository.history, repository.history.folder, Path(self._folder.name) / "tree"
        )
        self._commit = ""
        self._memory: Memory | None = None

    def at(self, commit: str) -> Memory:
        """The index of a commit."""
        if commit != self._commit:
            self._tree.move_to(commit)
            self._commit = commit
        if self._memory is None:
            self._memory = self._tree.open()
        return self._memory


@lru_cache(maxsize=1)
def _project(repository: Repository) -> _Project:
    return _Project(repository)

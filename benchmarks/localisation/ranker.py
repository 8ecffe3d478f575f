"""What a ranker is, and how rankings are put together.

A ranker is one file in `rankers/` with a `TITLE` for the table, a function `rank`, and `SLOW`, which says
whether its rankings are kept in the cache from run to run.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, cast

from benchmarks.localisation import rankers
from benchmarks.localisation.repository import Question

RRF_K = 60


class Ranker(Protocol):
    """A module in `rankers/`."""

    TITLE: str
    SLOW: bool

    def rank(self, question: Question) -> list[str]:
        """Paths of the question's tree, the best first; files that have nothing to do with it may be left out."""
        ...


def ranker_names() -> list[str]:
    """The names of all rankers, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(rankers.__path__))


def load_ranker(name: str) -> Ranker:
    """The ranker in `rankers/<name>.py`; imported only when asked for, as some need packages of their own."""
    return cast(Ranker, importlib.import_module(f"{rankers.__name__}.{name}"))


def by_score(scores: Mapping[str, float]) -> list[str]:
    """The paths with a score over 0, highest first, equal ones by path."""
    return sorted(
        (path for path, score in scores.items() if score > 0), key=lambda path: (-scores[path], path)
    )


def best_per_path(paths: Iterable[str], scores: Iterable[float]) -> dict[str, float]:
    """The highest score that stands beside each path."""
    best: dict[str, float] = {}
    for path, score in zip(paths, scores, strict=True):
        if score > best.get(path, 0.0):
            best[path] = score
    return best


def fuse(rankings: Sequence[Sequence[str]], k: int = RRF_K) -> list[str]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): the sum of 1 / (k + place) over the rankings."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, path in enumerate(ranking, 1):
            scores[path] = scores.get(path, 0.0) + 1 / (k + place)
    return by_score(scores)

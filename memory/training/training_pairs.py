"""Pairs of texts that belong together, as bags of feature rows with weights.

Four kinds: a unit's glue and its code, its name and its code without that name, a commit's message and what it
changed, a test and the function it is named after. Features and weights are those of the embedder at work.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from aifirst_memory.embedding.static import MOST_COUNTED, WEIGHTS, unknown_rows
from aifirst_memory.lexical.words import count_words
from numpy.typing import NDArray
from training.training_texts import CommitText, UnitText

_LEAST_GLUE, _LEAST_CODE = 4, 6
_MOST_OF_A_KIND = 8000
_MOST_NAMES = 600
"""Few: names teach to guess what is not said, which costs finding what is."""
_TEST_NAME = re.compile(r"^tests?_?|_?tests?$", re.I)
_NAME_WEIGHT = 2
Bag = dict[int, float]
_T = TypeVar("_T")


class Features:
    """The rows of words, for a vocabulary in order of its keys."""

    def __init__(self, rows: Mapping[str, int], buckets: int) -> None:
        self._rows = rows
        self._buckets = buckets
        self._known_unknown: dict[str, tuple[int, int, int]] = {}

    def add(self, bag: Bag, counts: Mapping[str, int], factor: float = 1.0) -> Bag:
        """Add the words of a text to a bag."""
        for word, count in counts.items():
            weight = float(WEIGHTS[min(count, MOST_COUNTED)]) * factor
            row = self._rows.get(word)
            for one in self._unknown(word) if row is None else (row,):
                bag[one] = bag.get(one, 0.0) + weight
        return bag

    def _unknown(self, word: str) -> tuple[int, int, int]:
        found = self._known_unknown.get(word)
        if found is None:
            found = self._known_unknown[word] = unknown_rows(word.encode(), len(self._rows), self._buckets)
        return found


@dataclass
class Pairs:
    """Bags left and right, and beside each pair a number: pairs of one number are no negatives of each other."""

    left: list[Bag] = field(default_factory=list[Bag])
    right: list[Bag] = field(default_factory=list[Bag])
    group: list[int] = field(default_factory=list[int])

    def put(self, left: Bag, right: Bag, group: int) -> None:
        """Add a pair."""
        self.left.append(left)
        self.right.append(right)
        self.group.append(group)


def pairs_of_project(
    units: Sequence[UnitText], commits: Sequence[CommitText], features: Features, seed: int
) -> dict[str, Pairs]:
    """The pairs of one project by kind."""
    dice = random.Random(seed)  # noqa: S311  # a sample, no secret
    return {
        "glue": glue_pairs(units, features, dice),
        "name": name_pairs(units, features, dice),
        "commit": commit_pairs(commits, features, dice),
        "test": test_pairs(units, features, dice),
    }


def _sampled(found: list[_T], dice: random.Random) -> list[_T]:
    return found if len(found) <= _MOST_OF_A_KIND else dice.sample(found, _MOST_OF_A_KIND)


def glue_pairs(units: Sequence[UnitText], features: Features, dice: random.Random) -> Pairs:
    """A unit's comments and docstring beside its code and name."""
    chosen = [u for u in units if u.kind == "function" and len(u.glue) > 20 and len(u.code) > 40]
    pairs = Pairs()
    for number, unit in enumerate(_sampled(chosen, dice)):
        glue, code = count_words(unit.glue), count_words(unit.code)
        if len(glue) >= _LEAST_GLUE and len(code) >= _LEAST_CODE:
            body = features.add({}, code)
            pairs.put(
                features.add({}, glue), features.add(body, count_words(unit.name), _NAME_WEIGHT), number
            )
    return pairs


def name_pairs(units: Sequence[UnitText], features: Features, dice: random.Random) -> Pairs:
    """A function's name beside its code, from which the words of the name are taken away."""
    chosen = [u for u in units if u.kind == "function" and len(u.code) > 80 and not u.is_test]
    pairs = Pairs()
    groups: dict[str, int] = {}
    for unit in _sampled(chosen, dice)[:_MOST_NAMES]:
        last = re.split(r"[.:#]", unit.name)[-1] or unit.name
        name, code = count_words(unit.name), count_words(unit.code)
        rest = {word: count for word, count in code.items() if word not in name}
        if name and len(rest) >= _LEAST_CODE:
            pairs.put(features.add({}, name), features.add({}, rest), groups.setdefault(last, len(groups)))
    return pairs


def commit_pairs(commits: Sequence[CommitText], features: Features, dice: random.Random) -> Pairs:
    """A commit's message beside what it changed in a file."""
    pairs = Pairs()
    groups: dict[str, int] = {}
    for commit in _sampled(list(commits), dice):
        message, text = count_words(commit.message), count_words(commit.text)
        if len(message) >= 3 and len(text) >= _LEAST_CODE:
            group = groups.setdefault(commit.message, len(groups))
            pairs.put(features.add({}, message), features.add({}, text), group)
    return pairs


def test_pairs(units: Sequence[UnitText], features: Features, dice: random.Random) -> Pairs:
    """A test beside the one function that its name, `test` taken away, is the name of."""
    named: defaultdict[str, list[UnitText]] = defaultdict(list)
    for unit in units:
        if unit.kind == "function" and not unit.is_test and len(unit.code) > 40:
            named[_plain(unit.name)].append(unit)
    chosen = [(u, named[_plain(u.name)]) for u in units if u.is_test and "test" in u.name.lower()]
    chosen = [(test, found) for test, found in chosen if len(found) == 1 and len(test.code) > 40]
    pairs = Pairs()
    for number, (test, found) in enumerate(_sampled(chosen, dice)):
        body = features.add(
            features.add({}, count_words(found[0].code)), count_words(found[0].name), _NAME_WEIGHT
        )
        pairs.put(features.add({}, count_words(test.code)), body, number)
    return pairs


def _plain(name: str) -> str:
    last = re.split(r"[.:#]", name)[-1]
    return _TEST_NAME.sub("", last).replace("_", "").lower()


def mean_reciprocal_rank(left: NDArray[np.float32], right: NDArray[np.float32], size: int = 1000) -> float:
    """MRR@10 of finding row i of `right` for row i of `left` among `size` candidates, both of length 1."""
    ranks: list[float] = []
    for start in range(0, len(left) - size + 1, size):
        scores = left[start : start + size] @ right[start : start + size].T
        own = scores.diagonal()[:, None]
        rank = (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) - 1) / 2 + 1
        ranks.extend(np.where(rank <= 10, 1 / rank, 0))
    return float(np.mean(ranks))

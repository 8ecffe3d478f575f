"""Contrastive training of an embedding bag in NumPy.

InfoNCE with in-batch negatives, both ways (van den Oord et al., 2018). A batch comes from one project, so that the
negatives are what a search in that project has to tell apart. Rows follow Adagrad with one rate a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]  # only where one trains
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_sparse = cast("Any", scipy.sparse)  # pyright: ignore[reportUnknownMemberType]  # as above


@dataclass
class Bags:
    """Bags as a sparse matrix: a row a text, a column a feature row, weights inside."""

    matrix: Any

    def __len__(self) -> int:
        return self.matrix.shape[0]

    def take(self, chosen: NDArray[np.int64]) -> Bags:
        """Some of the bags, in the order given."""
        return Bags(self.matrix[chosen])

    def sums(self, rows: Floats) -> Floats:
        """The weighted sum of every bag."""
        return self.matrix @ rows[: self.matrix.shape[1]]

    def embed(self, rows: Floats) -> Floats:
        """The weighted sum of every bag, at length 1."""
        sums = self.sums(rows)
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def pack(bags: Sequence[dict[int, float]]) -> Bags:
    """Bags as arrays."""
    ends = np.cumsum([0, *map(len, bags)])
    columns = np.fromiter((row for bag in bags for row in bag), np.int32, ends[-1])
    values = np.fromiter((weight for bag in bags for weight in bag.values()), np.float32, ends[-1])
    width = int(columns.max()) + 1 if len(columns) else 1
    return Bags(_sparse.csr_matrix((values, columns, ends), shape=(len(bags), width)))


Packed = tuple[Bags, Bags, NDArray[np.int64]]
Project = dict[str, Packed]


class Contrastive:
    """The rows in training."""

    def __init__(self, rows: Floats, *, rate: float, temperature: float, batch: int = 64) -> None:
        self.rows = rows.copy()
        self._rate = rate * float(np.linalg.norm(rows, axis=1).mean())
        self._temperature = temperature
        self._batch = batch
        # Rare words are seen a few times only: without this their first steps would be the largest, by heart.
        self._seen = np.full(len(rows), 0.1 / rows.shape[1], np.float32)

    def epoch(self, projects: Sequence[Project], *, seed: int, of: int) -> float:
        """See every pair once, in batches of one project and kind, in an order that the seed decides; the rate
        falls to a tenth over `of` epochs. Returns the mean loss.
        """
        dice = np.random.default_rng(seed)
        batches: list[Packed] = []
        for project in projects:
            for kind in project.values():
                batches += self._cut(kind, dice)
        losses: list[float] = []
        for at, number in enumerate(dice.permutation(len(batches)).tolist()):
            left, right, group = batches[int(number)]
            done = (seed + at / len(batches)) / of
            losses.append(self._learn(left, right, group, self._rate * (1 - 0.9 * done)))
        return float(np.mean(losses))

    def _cut(self, kind: Packed, dice: np.random.Generator) -> list[Packed]:
        left, right, group = kind
        order = dice.permutation(len(group))
        parts = np.array_split(order, max(1, round(len(order) / self._batch)))
        return [(left.take(part), right.take(part), group[part]) for part in parts]

    def _learn(self, left: Bags, right: Bags, group: NDArray[np.int64], rate: float) -> float:
        sums = left.sums(self.rows), right.sums(self.rows)
        lengths = [np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-6) for one in sums]
        a, b = (one / length for one, length in zip(sums, lengths, strict=True))
        scores = (a @ b.T) / self._temperature
        same = group[:, None] == group[None, :]
        np.fill_diagonal(same, False)
        scores[same] = -1e9
        forth, back = _softmax(scores), _softmax(scores.T).T
        own = np.arange(len(group))
        loss = -0.5 * float(np.mean(np.log(forth[own, own] + 1e-9) + np.log(back[own, own] + 1e-9)))
        pull = (forth + back) * np.float32(0.5)
        pull[own, own] -= 1
        pull /= self._temperature * len(group)
        for bags, along, unit, length in (
            (left, pull @ b, a, lengths[0]),
            (right, pull.T @ a, b, lengths[1]),
        ):
            gradient = (along - unit * (along * unit).sum(axis=1, keepdims=True)) / length
            self._move(bags, gradient, rate)
        return loss

    def _move(self, bags: Bags, gradient: Floats, rate: float) -> None:
        touched = np.unique(bags.matrix.indices)
        transposed = bags.matrix.T.tocsr()[touched]
        change = transposed @ gradient
        self._seen[touched] += np.mean(change * change, axis=1)
        self.rows[touched] -= (rate / np.sqrt(self._seen[touched]))[:, None] * change


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)

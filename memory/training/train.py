"""Makes the static embedder's file: reduces the distilled vectors, weights them, adapts them to code.

First the words' vectors are projected on their main directions, whitened, because words that are alike matter
less here than words that are the same, and weighted by rarity; unknown words share rows, which begin as the mean of
the known words they resemble. Then contrastive training moves all rows.

Run: python -m training.train DISTILLED.npz TEXTS OUT.bin [--tune TEXTS] [--dimension 192]
"""

from __future__ import annotations

import argparse
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from aifirst_memory.embedding.quantise import LEVELS
from aifirst_memory.embedding.static import unknown_rows
from aifirst_memory.embedding.static_file import write_static
from numpy.typing import NDArray
from training.contrastive import Bags, Contrastive, Packed, Project, pack
from training.training_pairs import Features, Pairs, mean_reciprocal_rank, pairs_of_project
from training.training_texts import load_projects

_RARITY_POWER = 1.5
"""Found on the tuning projects."""
_LARGEST = 1023
"""A word's row in use holds whole numbers up to this, so that sums stay exact in float32."""


def main() -> None:
    """Reduce, train, measure, write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("distilled", type=Path)
    options.add_argument("texts", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--tune", type=Path, help="texts to measure on")
    options.add_argument("--dimension", type=int, default=192)
    options.add_argument("--buckets", type=int, default=4000)
    options.add_argument("--epochs", type=int, default=2, help="0 for the distilled rows as they are")
    options.add_argument("--rate", type=float, default=0.03)
    options.add_argument("--temperature", type=float, default=0.1)
    chosen = options.parse_args()
    taught = load_distilled(chosen.distilled)
    features = Features({word: row for row, word in enumerate(taught.words)}, chosen.buckets)
    measured = load_measured(chosen.tune, features) if chosen.tune else {}
    projects = load_pairs(chosen.texts, features)
    rows = reduce(taught, rarity(projects, len(taught.words)), chosen.dimension, chosen.buckets)
    tell("distilled", rows, measured)
    training = Contrastive(rows, rate=chosen.rate, temperature=chosen.temperature)
    for epoch in range(chosen.epochs):
        loss = training.epoch(projects, seed=epoch, of=chosen.epochs)
        tell(f"epoch {epoch + 1}, loss {loss:.3f}", training.rows, measured)
    quantised, factors = quantise(training.rows)
    tell("as kept", quantised * factors[:, None], measured)
    write_static(chosen.out, taught.keys, factors, quantised, taught.teacher)


@dataclass
class Distilled:
    """The words in order of their keys, with the teacher's vectors."""

    words: list[str]
    keys: NDArray[np.uint32]
    vectors: NDArray[np.float32]
    teacher: str


def load_distilled(path: Path) -> Distilled:
    """What `distil` wrote; of two words with one key the first counts."""
    stored = np.load(path)
    words: list[str] = stored["words"].tolist()
    crc = np.array([zlib.crc32(word.encode()) for word in words], np.uint32)
    order = np.unique(crc, return_index=True)[1]
    kept = [words[int(i)] for i in order]
    return Distilled(kept, crc[order], stored["vectors"][order].astype(np.float32), str(stored["teacher"]))


def rarity(projects: list[Project], words: int) -> NDArray[np.float64]:
    """The inverse document frequency of every word over the texts of all pairs."""
    sides = [side for project in projects for kind in project.values() for side in kind[:2]]
    documents = sum(len(side) for side in sides)
    counted = np.zeros(words)
    for side in sides:
        found = np.bincount(side.matrix.indices, minlength=words)
        counted += found[:words]
    return np.log(1 + documents / (counted + 5))


def reduce(taught: Distilled, rare: NDArray[np.float64], dimension: int, buckets: int) -> NDArray[np.float32]:
    """The rows to begin with: directions whitened, lengths by rarity, the buckets behind the words."""
    vectors = taught.vectors - taught.vectors.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov(vectors.T))
    chosen = axes[:, ::-1][:, :dimension] / np.sqrt(spread[::-1][:dimension])
    projected = vectors @ chosen.astype(np.float32)
    projected /= np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-6)
    weights = rare**_RARITY_POWER
    rows = np.zeros((len(taught.words) + buckets, dimension), np.float32)
    rows[: len(taught.words)] = projected * (weights / weights.mean())[:, None].astype(np.float32)
    _fill_buckets(rows, taught.words, buckets)
    return rows


def _fill_buckets(rows: NDArray[np.float32], words: list[str], buckets: int) -> None:
    """Begin the rows of beginnings and ends as the mean over the known words that have them."""
    known = np.array([unknown_rows(word.encode(), len(words), buckets)[:2] for word in words])
    counted = np.zeros(len(rows), np.float32)
    sums = np.zeros_like(rows)
    for column in known.T:
        np.add.at(sums, column, rows[: len(words)])
        np.add.at(counted, column, 1)
    filled = counted > 0
    rows[filled] = sums[filled] / counted[filled, None] * 0.5


def load_pairs(folder: Path, features: Features) -> list[Project]:
    """The pairs of every project, packed."""
    found: list[Project] = []
    for number, (_, units, commits) in enumerate(load_projects(folder)):
        pairs = pairs_of_project(units, commits, features, seed=number)
        found.append({kind: packed(one) for kind, one in pairs.items() if len(one.left) >= 32})
    for kind in ("glue", "name", "commit", "test"):
        print(kind, sum(len(one[kind][2]) for one in found if kind in one), "pairs", flush=True)
    return found


def packed(pairs: Pairs) -> Packed:
    """Pairs as arrays."""
    return pack(pairs.left), pack(pairs.right), np.array(pairs.group, np.int64)


def load_measured(folder: Path, features: Features) -> dict[str, list[tuple[Bags, Bags]]]:
    """Up to 1,000 pairs of every kind and project to measure on."""
    found: dict[str, list[tuple[Bags, Bags]]] = {"glue": [], "commit": [], "name": []}
    for _, units, commits in load_projects(folder):
        pairs = pairs_of_project(units, commits, features, seed=7)
        for kind, kept in found.items():
            if len(pairs[kind].left) >= 300:
                kept.append((pack(pairs[kind].left[:1000]), pack(pairs[kind].right[:1000])))
    return found


def tell(what: str, rows: NDArray[np.float32], measured: dict[str, list[tuple[Bags, Bags]]]) -> None:
    """Print the mean over projects of MRR@10 within a project, by kind."""
    figures: list[str] = []
    for kind, sides in measured.items():
        ranks = [
            mean_reciprocal_rank(left.embed(rows), right.embed(rows), len(left)) for left, right in sides
        ]
        figures.append(f"{kind} {np.mean(ranks):.4f}")
    print(f"{what}: {', '.join(figures)}", flush=True)


def quantise(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as levels, and for each the factor that brings it back, scaled so that none exceeds `_LARGEST`.

    The last row becomes zeros: it stands for nothing.
    """
    rows = rows.copy()
    rows[-1] = 0
    largest = np.abs(rows).max(axis=1)
    scale = np.float32(_LARGEST / largest.max())
    factors = (largest / LEVELS).astype(np.float32)
    quantised = np.rint(rows / np.where(factors > 0, factors, 1)[:, None]).astype(np.int8)
    return quantised, factors * scale


if __name__ == "__main__":
    main()

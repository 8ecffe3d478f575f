"""The index of FAISS, and the one without it, against an exact reference."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from aifirst_memory.embedding.quantise import normalised, quantised, quantised_query, restored
from aifirst_memory.vectors.faiss_index import ByteIndex
from aifirst_memory.vectors.reader import VectorReader
from aifirst_memory.vectors.scan_index import ScanIndex
from numpy.typing import NDArray

BOTH = pytest.mark.parametrize("kind", [ByteIndex, ScanIndex])


def some_rows(count: int, dimension: int, seed: int = 0) -> NDArray[np.int8]:
    dice = np.random.default_rng(seed)
    return quantised(normalised(dice.standard_normal((count, dimension)).astype(np.float32)))


def reference(
    rows: NDArray[np.int8], vector: NDArray[np.float32], k: int, wanted: NDArray[np.bool_]
) -> list[int]:
    """Row numbers by whole-number product, ties by number."""
    products = rows.astype(np.int64) @ quantised_query(vector)[0].astype(np.int64)
    chosen = np.flatnonzero(wanted)
    return chosen[np.lexsort((chosen, -products[chosen]))][:k].tolist()


@BOTH
@pytest.mark.parametrize("dimension", [2, 100, 128, 384])
def test_it_finds_what_comparing_with_every_row_finds(
    dimension: int, kind: type[ByteIndex] | type[ScanIndex]
) -> None:
    rows = some_rows(500, dimension)
    index = kind(dimension)
    index.add(rows[:300])
    index.add(rows[300:])
    dice = np.random.default_rng(1)
    for share in (1.0, 0.5, 0.02):
        wanted = dice.random(500) < share
        vector = normalised(dice.standard_normal((1, dimension)).astype(np.float32))[0]
        scores, found = index.search(vector, 500, wanted)
        assert found.tolist() == reference(rows, vector, 500, wanted)
        assert np.allclose(scores, restored(rows[found]) @ vector, atol=0.02)


@BOTH
def test_the_best_k_are_the_first_of_all(kind: type[ByteIndex] | type[ScanIndex]) -> None:
    rows = some_rows(1000, 128)
    index = kind(128)
    index.add(rows)
    everyone = np.ones(1000, np.bool_)
    vector = restored(rows)[7]
    _, best = index.search(vector, 10, everyone)
    assert best[0] == 7
    assert best.tolist() == reference(rows, vector, 10, everyone)


@BOTH
def test_nothing_wanted_or_nothing_there_finds_nothing(kind: type[ByteIndex] | type[ScanIndex]) -> None:
    index = kind(128)
    assert index.search(np.ones(128, np.float32), 5, np.zeros(0, np.bool_))[1].tolist() == []
    index.add(some_rows(3, 128))
    assert index.search(np.ones(128, np.float32), 5, np.zeros(3, np.bool_))[1].tolist() == []
    assert index.search(np.ones(128, np.float32), 0, np.ones(3, np.bool_))[1].tolist() == []
    assert len(index.search(np.zeros(128, np.float32), 5, np.ones(3, np.bool_))[1]) == 3


def test_quantised_products_are_near_those_of_the_vectors() -> None:
    dice = np.random.default_rng(3)
    vectors = normalised(dice.standard_normal((400, 128)).astype(np.float32))
    query, factor = quantised_query(vectors[0])
    products = quantised(vectors).astype(np.float32) @ query * factor
    assert np.abs(products - vectors @ vectors[0])[1:].max() < 0.05


def test_without_faiss_the_reader_searches_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "aifirst_memory.vectors.faiss_index", raising=False)
    monkeypatch.setattr("sys.meta_path", [_WithoutFaiss(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "faiss", raising=False)
    hits = VectorReader("none", 16).search(np.ones(16, np.float32), 3)
    assert hits.units.tolist() == []


class _WithoutFaiss:
    """Says of FAISS that it is not installed, as Python does."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "faiss":
            raise ModuleNotFoundError("No module named 'faiss'", name=name)

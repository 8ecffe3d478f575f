"""What search computes without sorting or multiplying everything at once is what the plain way gives."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from aifirst_memory.embedding.products import products
from aifirst_memory.search.best_places import best_places
from hypothesis import given, settings


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0]), max_size=30), st.integers(1, 12))
def test_the_best_places_are_those_of_a_stable_sort_without_what_scores_nothing(
    scores: list[float], k: int
) -> None:
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    expected = [place for place in order if scores[place] > 0][:k]
    assert best_places(np.array(scores, np.float32), k) == expected


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.sampled_from([0, 1, 255, 256, 257, 1000]), st.integers(1, 9), st.integers(0, 9))
def test_products_by_blocks_are_those_of_the_whole(rows: int, width: int, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    some = drawn.integers(-127, 128, (rows, width), dtype=np.int8)
    vector = drawn.integers(-127, 128, width).astype(np.float32)
    expected = some.astype(np.int64) @ vector.astype(np.int64)
    assert products(some, vector).tolist() == expected.tolist()
    assert products(some.astype(np.float32), vector).tolist() == expected.tolist()

"""pass@k is the unbiased estimate of Chen et al. 2021, also where factorials would overflow."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from aifirst_model.evaluation.pass_at_k import pass_at_k
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("samples", "right", "k", "expected"),
    [
        (1, 1, 1, 1.0),
        (1, 0, 1, 0.0),
        (5, 2, 1, 0.4),
        (5, 2, 2, 0.7),  # 1 - C(3,2)/C(5,2) = 1 - 3/10
        (10, 3, 5, 11 / 12),  # 1 - C(7,5)/C(10,5) = 1 - 21/252
        (5, 4, 2, 1.0),  # of two drawn, one is always right
        (200, 1, 100, 0.5),  # 1 - C(199,100)/C(200,100) = 100/200
        (4, 0, 4, 0.0),
    ],
)
def test_it_is_what_is_computed_by_hand(samples: int, right: int, k: int, expected: float) -> None:
    assert pass_at_k(samples, right, k) == pytest.approx(expected, abs=1e-12)


@given(st.data(), st.integers(1, 8))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_it_is_the_share_of_all_choices_of_k_that_hold_a_right_answer(
    data: st.DataObject, samples: int
) -> None:
    right, k = data.draw(st.integers(0, samples)), data.draw(st.integers(1, samples))
    draws = list(itertools.combinations([number < right for number in range(samples)], k))
    assert pass_at_k(samples, right, k) == pytest.approx(sum(map(any, draws)) / len(draws), abs=1e-12)


@given(st.integers(1, 5000), st.data())
@settings(derandomize=True, max_examples=40, deadline=None)
def test_it_is_exact_for_thousands_of_samples(samples: int, data: st.DataObject) -> None:
    right, k = data.draw(st.integers(0, samples)), data.draw(st.integers(1, samples))
    exact = 1 - Fraction(math.comb(samples - right, k), math.comb(samples, k))
    assert pass_at_k(samples, right, k) == pytest.approx(float(exact), abs=1e-9)


@pytest.mark.parametrize(("samples", "right", "k"), [(1, 2, 1), (1, 0, 2), (3, -1, 1), (3, 1, 0)])
def test_what_cannot_be_is_refused(samples: int, right: int, k: int) -> None:
    with pytest.raises(ValueError, match="needs 0 <= right <= samples"):
        pass_at_k(samples, right, k)

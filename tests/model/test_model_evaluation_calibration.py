"""Calibration is what torchmetrics 1.x and scikit-learn 1.x compute, and scaling makes confidence believable."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest
from aifirst_model.evaluation.calibration import (
    Guess,
    brier_score,
    calibration_error,
    equal_mass_bins,
    equal_width_bins,
    log_loss,
)
from aifirst_model.evaluation.calibration_result import calibration_result, read_guesses
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.scale_confidence import Scaling, fit_platt, fit_temperature, split_guesses
from hypothesis import given, settings
from hypothesis import strategies as st


def drawn(count: int = 400) -> list[Guess]:
    """Guesses of a model that is too sure, the same every time."""
    numbers = random.Random(7)  # noqa: S311  nothing here is secret
    guesses: list[Guess] = []
    for at in range(count):
        sure = round(numbers.betavariate(5, 1.5), 4)
        chance = 1 / (1 + math.exp(-0.5 * math.log(sure / (1 - sure + 1e-9)) + 0.6))
        guesses.append(Guess(str(at), sure, numbers.random() < chance))
    return guesses


def guess(confidence: float, is_right: bool) -> Guess:
    """One guess."""
    return Guess("", confidence, is_right)


def test_the_errors_are_those_computed_by_hand() -> None:
    guesses = [guess(0.95, True), guess(0.95, False), guess(0.55, True), guess(0.1, False)]
    # Bins of tenths: (0.95, 0.95) half right, 0.55 right, 0.1 wrong.
    width = equal_width_bins(guesses, 10)
    assert calibration_error(width) == pytest.approx((2 * 0.45 + 0.45 + 0.1) / 4)
    assert [each.count for each in width] == [1, 1, 2]
    # Halves: (0.1, 0.55) half right at 0.325 on average, (0.95, 0.95) half right.
    assert calibration_error(equal_mass_bins(guesses, 2)) == pytest.approx((2 * 0.175 + 2 * 0.45) / 4)
    assert brier_score(guesses[1]) == pytest.approx(0.9025)
    assert log_loss(guesses[2]) == pytest.approx(-math.log(0.55))
    assert [each.low for each in equal_width_bins([guess(0, False), guess(1, True)], 10)] == [0, 0.9]


def test_they_are_what_torchmetrics_and_scikit_learn_compute() -> None:
    guesses = drawn()
    assert calibration_error(equal_width_bins(guesses)) == pytest.approx(0.2291485, abs=1e-6)
    assert sum(map(brier_score, guesses)) / 400 == pytest.approx(0.2807802193, abs=1e-9)
    assert sum(map(log_loss, guesses)) / 400 == pytest.approx(0.8146516473, abs=1e-9)
    shares = [each.right for each in equal_mass_bins(guesses, 10)]
    assert shares == pytest.approx([0.3, 0.375, 0.4, 0.725, 0.475, 0.55, 0.425, 0.775, 0.675, 0.8])


def test_scaling_finds_what_scikit_learn_and_lbfgs_find() -> None:
    guesses = drawn()
    platt = fit_platt(guesses)
    assert (platt.slope, platt.offset) == pytest.approx((0.55970296, -0.64157185), abs=1e-6)
    assert fit_temperature(guesses).slope == pytest.approx(0.2728916, abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_no_temperature_and_no_slope_near_it_loses_less(pairs: list[tuple[float, bool]]) -> None:
    guesses = [guess(*pair) for pair in pairs]

    def loss(scaling: Scaling) -> float:
        return math.fsum(log_loss(scaling.apply(each)) for each in guesses)

    best = fit_temperature(guesses)
    for factor in (0.5, 0.9, 1.1, 2.0):
        other = min(1e3, max(1e-3, best.slope * factor))
        assert loss(best) <= loss(Scaling(other)) + 1e-6
    assert all(0 <= fit_platt(guesses).apply(each).confidence <= 1 for each in guesses)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(2, 20))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_every_guess_is_in_one_bin_and_the_order_does_not_matter(
    pairs: list[tuple[float, bool]], count: int
) -> None:
    guesses = [guess(*pair) for pair in pairs]
    for bins in (equal_width_bins, equal_mass_bins):
        made = bins(guesses, count)
        assert sum(each.count for each in made) == len(guesses)
        assert len(made) <= count
        assert calibration_error(bins(guesses[::-1], count)) == pytest.approx(
            calibration_error(made), abs=1e-12
        )


def test_scaling_is_reported_on_problems_it_did_not_see() -> None:
    grouped = [Guess(str(at // 2), each.confidence, each.is_right) for at, each in enumerate(drawn())]
    learned, shown = split_guesses(grouped)
    assert len(learned) == len(shown) == 200
    assert not {each.group for each in learned} & {each.group for each in shown}
    metrics = calibration_result("toy", grouped, 15, {}).metrics
    assert metrics["ece"].count == 200
    assert metrics["ece_platt"].value < metrics["ece_temperature"].value < metrics["ece"].value
    assert metrics["brier_platt"].value < metrics["brier"].value
    assert metrics["brier"].low is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"confidence": 2, "correct": true}\n', ":1: confidence has to be 0 to 1"),
        ('{"confidence": 0.5, "correct": 3}\n', ":1: confidence has to be 0 to 1"),
        ('\n{"confidence": 0.5}\n', ":2: this is no guess"),
        ('{"confidence": 0.5, "correct": 1}\n' * 3, "has 3 answers"),
    ],
)
def test_a_line_that_is_no_guess_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "guesses.jsonl"
    path.write_text(text)
    with pytest.raises(EvaluationError) as told:
        read_guesses(path)
    assert said in str(told.value)


def test_guesses_are_read_from_lines(tmp_path: Path) -> None:
    path = tmp_path / "guesses.jsonl"
    lines = [{"confidence": each.confidence, "correct": each.is_right} for each in drawn(30)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    subject, guesses = read_guesses(path)
    assert subject == "guesses.jsonl"
    assert [(each.confidence, each.is_right) for each in guesses] == [
        (each.confidence, each.is_right) for each in drawn(30)
    ]

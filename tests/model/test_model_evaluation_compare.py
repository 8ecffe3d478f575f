"""Two results are compared in pairs; the gate stops what is worse beyond chance, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from aifirst_model.evaluation.compare import compare_results, show_comparison
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.gate import Bounds, GateOutcome, check_gate, show_gate
from aifirst_model.evaluation.intervals import interval_of_mean, sign_test, wilson_interval
from aifirst_model.evaluation.result import (
    Item,
    Metric,
    MetricKind,
    Result,
    Score,
    metrics_over,
    read_result,
    write_result,
)


def result(
    scores: Sequence[float], better: str = "higher", kind: str = "humaneval", **more: Metric
) -> Result:
    """A result whose items scored so."""
    items = tuple(Item(f"p{at}", {"pass@1": Score(value)}) for at, value in enumerate(scores))
    kinds = {"pass@1": MetricKind("lower" if better == "lower" else "higher", is_share=True)}
    return Result(kind, "toy", metrics_over(items, kinds) | more, items)


def test_the_intervals_are_those_of_the_literature() -> None:
    # Wilson 1927 for 8 of 10, and 0 of 10; statsmodels' proportion_confint gives the same.
    assert wilson_interval(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775328), abs=1e-6)
    # The mean of 0 … 99 is 49.5 with a standard error of 2.887; a bootstrap is within a little of 1.96 of it.
    low, high = interval_of_mean([float(at) for at in range(100)], [1.0] * 100)
    assert (low, high) == pytest.approx((49.5 - 1.96 * 2.887, 49.5 + 1.96 * 2.887), abs=0.4)
    assert interval_of_mean([float(at) for at in range(100)], [1.0] * 100) == (low, high)


def test_the_sign_test_is_exact() -> None:
    assert sign_test(0, 10) == pytest.approx(2 / 1024)
    assert sign_test(2, 8) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert sign_test(3, 3) == 1.0
    assert sign_test(0, 0) == 1.0
    assert 0 < sign_test(1000, 1200) < 1e-4


def test_a_difference_that_is_there_is_shown_and_noise_is_not() -> None:
    before = [1.0] * 60 + [0.0] * 40
    (worse,) = compare_results(result(before), result([0.0] * 12 + [1.0] * 48 + [0.0] * 40)).comparisons
    assert (worse.better_items, worse.worse_items, worse.verdict) == (0, 12, "worse")
    assert worse.difference == pytest.approx(-0.12)
    assert worse.low is not None
    assert worse.high is not None
    assert worse.low < -0.12 < worse.high < 0
    assert worse.p == pytest.approx(2 / 2**12)
    noise = result([0.0] * 3 + [1.0] * 57 + [1.0] * 3 + [0.0] * 37)
    (even,) = compare_results(result(before), noise).comparisons
    assert (even.verdict, even.difference) == ("not shown", 0.0)
    (less,) = compare_results(result(before, "lower"), result([0.0] * 100, "lower")).comparisons
    assert less.verdict == "better"


def test_only_items_of_both_count() -> None:
    compared = compare_results(result([1.0, 0.0, 1.0]), result([1.0, 1.0]))
    assert (compared.common, compared.left_out) == (2, 1)
    assert compared.comparisons[0].first == 0.5
    text = show_comparison(compared, "text")
    assert "2 items in both; 1 in one only" in text
    assert show_comparison(compared, "markdown").count("\n|") == 3
    with pytest.raises(EvaluationError, match="one result is of humaneval"):
        compare_results(result([1.0]), result([1.0], kind="mbpp"))


def test_weights_count_in_the_mean_and_in_the_interval() -> None:
    items = tuple(Item(str(at), {"bits": Score(float(at % 2), 9.0 if at % 2 else 1.0)}) for at in range(40))
    metric = metrics_over(items, {"bits": MetricKind("lower")})["bits"]
    assert metric.value == pytest.approx(0.9)
    assert metric.low is not None
    assert metric.high is not None
    assert 0.8 < metric.low < 0.9 < metric.high < 0.96


BASE = [1.0] * 60 + [0.0] * 40
DROPPED = [0.0] * 12 + BASE[12:]
NOISE = [0.0] * 3 + BASE[3:]


def gate(now: Result, bounds: Bounds | None = None, before: Result | None = None) -> GateOutcome:
    """The outcome against a baseline."""
    return check_gate(now, before or result(BASE), bounds or Bounds())


def test_a_loss_beyond_chance_fails_and_one_within_passes() -> None:
    assert gate(result(BASE)).is_passed
    assert gate(result(NOISE)).is_passed
    dropped = gate(result(DROPPED))
    assert [(check.name, check.why) for check in dropped.checks] == [("pass@1", "worse")]
    assert "1 of 1 figures fail" in show_gate(dropped, "text")
    assert '"passed": false' in show_gate(dropped, "json")
    assert "**1 of 1 figures fail.**" in show_gate(dropped, "markdown")
    assert not gate(result(BASE, "lower"), before=result(DROPPED, "lower")).is_passed
    assert gate(result(DROPPED, "lower"), before=result(BASE, "lower")).is_passed


def test_tolerance_strictness_and_bounds_are_obeyed() -> None:
    assert gate(result(DROPPED), Bounds({"pass@1": 0.2})).is_passed
    assert not gate(result(NOISE), Bounds(is_strict=True)).is_passed
    assert gate(result(NOISE), Bounds({"pass@1": 0.05}, is_strict=True)).is_passed
    assert gate(result(BASE), Bounds(at_least={"pass@1": 0.6})).is_passed
    assert gate(result(BASE), Bounds(at_least={"pass@1": 0.61})).checks[0].why == "below 0.61"
    assert check_gate(result(BASE), None, Bounds(at_most={"pass@1": 0.5})).checks[0].why == "above 0.5"
    with pytest.raises(EvaluationError, match="no figure 'pass@2'"):
        gate(result(BASE), Bounds(at_least={"pass@2": 1}))


def test_figures_without_items_have_their_own_tolerance() -> None:
    def timed(seconds: float) -> Result:
        return result(BASE, first_token=Metric(seconds, better="lower"), cut_off=Metric(seconds, better=""))

    assert gate(timed(1.04), before=timed(1.0)).is_passed
    assert not gate(timed(1.06), before=timed(1.0)).is_passed
    assert gate(timed(1.06), Bounds({"first_token": 0.1}), timed(1.0)).is_passed
    assert not gate(timed(math.nan), before=timed(1.0)).is_passed
    assert [check.why for check in gate(result(BASE), before=timed(1.0)).checks] == ["it is missing now", ""]


def test_other_items_and_other_evaluations_are_no_baseline() -> None:
    with pytest.raises(EvaluationError, match=r"1 items .* --update"):
        gate(result(BASE[1:]))
    with pytest.raises(EvaluationError, match="the baseline is of mbpp"):
        gate(result(BASE), before=result(BASE, kind="mbpp"))


def test_items_of_one_name_that_asked_something_else_are_not_compared() -> None:
    first, second = (
        msgspec.structs.replace(result([1.0, 0.0]), about={"questions": digest}) for digest in ("a1", "b2")
    )
    with pytest.raises(EvaluationError, match=r"the suite's file has changed \(a1 and b2\)"):
        compare_results(first, second)
    with pytest.raises(EvaluationError, match="the suite's file has changed"):
        gate(first, before=second)
    assert compare_results(first, first).common == 2
    assert compare_results(first, result([1.0, 0.0])).common == 2  # one that was kept before this was told


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_result(result(BASE), path)
    assert read_result(path) == read_result(path.parent) == result(BASE)
    path.write_text("{}")
    with pytest.raises(EvaluationError, match="no result of an evaluation"):
        read_result(path)
    with pytest.raises(EvaluationError, match="not finished has none"):
        read_result(path.with_name("none.json"))

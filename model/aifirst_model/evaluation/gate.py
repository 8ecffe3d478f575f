"""The gate for CI: what is worse than the baseline beyond chance or tolerance, and what misses a bound.

A figure over items is worse where the whole 95 % interval of the paired difference lies below the tolerance; noise of a
few problems does not stop a build, and a loss that is there does. A figure without items, such as a time, is worse
beyond its tolerance alone. Many small losses pass one by one if each becomes the next baseline, so a baseline is written
only on demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from aifirst_model.evaluation.compare import paired_scores
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.intervals import interval_of_difference, weighted_mean
from aifirst_model.evaluation.result import Result, require_same_questions
from aifirst_model.evaluation.show_result import interval, markdown_table, number, text_table

DEFAULT_TOLERANCE = 0.05
"""Of a figure without items, as a share of the baseline."""
_HEAD = ("Figure", "Baseline", "Now", "Change for the better", "95 % interval", "Tolerance", "Gate")


class Bounds(msgspec.Struct, frozen=True):
    """What is asked for besides the baseline. `tolerances` are in the figure's own unit; `is_strict` ignores chance."""

    tolerances: Mapping[str, float] = {}
    at_least: Mapping[str, float] = {}
    at_most: Mapping[str, float] = {}
    is_strict: bool = False


class Check(msgspec.Struct, frozen=True):
    """One figure at the gate; `change` is above 0 where it got better. `why` is "" where it passes."""

    name: str
    now: float
    before: float | None
    change: float | None
    low: float | None
    high: float | None
    tolerance: float
    unit: str = ""
    why: str = ""


class GateOutcome(msgspec.Struct, frozen=True):
    """Every figure with a better and a worse, those that fail first."""

    subject: str
    baseline: str
    checks: tuple[Check, ...]
    version: Literal[1] = 1

    @property
    def is_passed(self) -> bool:
        """Whether no figure fails."""
        return not any(check.why for check in self.checks)


def check_gate(result: Result, baseline: Result | None, bounds: Bounds) -> GateOutcome:
    """Judge a result. Raises EvaluationError for a baseline of other items or another evaluation, and unknown names."""
    for name in (*bounds.tolerances, *bounds.at_least, *bounds.at_most):
        if name not in result.metrics:
            raise EvaluationError(
                f"the result has no figure {name!r}", f"name one of {', '.join(result.metrics)}"
            )
    if baseline is not None:
        _require_comparable(result, baseline)
    checks = [
        _check(name, result, baseline, bounds)
        for name, metric in result.metrics.items()
        if metric.better or name in bounds.at_least or name in bounds.at_most
    ]
    if baseline is not None:
        missing = [
            name for name, metric in baseline.metrics.items() if metric.better and name not in result.metrics
        ]
        checks += [
            Check(
                name,
                float("nan"),
                baseline.metrics[name].value,
                None,
                None,
                None,
                0.0,
                why="it is missing now",
            )
            for name in missing
        ]
    checks.sort(key=lambda check: not check.why)
    return GateOutcome(result.subject, baseline.subject if baseline is not None else "", tuple(checks))


def show_gate(outcome: GateOutcome, shape: Literal["text", "json", "markdown"]) -> str:
    """The outcome for people, or JSON."""
    if shape == "json":
        told = msgspec.to_builtins(outcome) | {"passed": outcome.is_passed}
        return msgspec.json.format(msgspec.json.encode(told), indent=1).decode()
    rows = [
        (
            check.name.replace("_", " "),
            "" if check.before is None else number(check.before, check.unit),
            number(check.now, check.unit),
            "" if check.change is None else f"{check.change:+.4f}",
            interval(check.low, check.high),
            f"{check.tolerance:.4g}" if check.before is not None else "",
            check.why or "passes",
        )
        for check in outcome.checks
    ]
    failed = sum(bool(check.why) for check in outcome.checks)
    verdict = f"{failed} of {len(rows)} figures fail." if failed else f"All {len(rows)} figures pass."
    if shape == "markdown":
        return "\n".join([f"**{verdict}**", "", *markdown_table(_HEAD, rows)])
    return "\n".join([*text_table(_HEAD, rows), verdict])


def _require_comparable(result: Result, baseline: Result) -> None:
    if result.kind != baseline.kind:
        raise EvaluationError(
            f"the baseline is of {baseline.kind}, the result of {result.kind}",
            "give the baseline of this evaluation",
        )
    require_same_questions(result, baseline)
    mine, theirs = ({item.name for item in each.items} for each in (result, baseline))
    if mine != theirs:
        raise EvaluationError(
            f"{len(mine ^ theirs)} items (problems, files, texts) are only in the result or only in the baseline",
            "evaluate on the same ones, or write a new baseline with --update",
        )


def _check(name: str, result: Result, baseline: Result | None, bounds: Bounds) -> Check:
    metric = result.metrics[name]
    before = baseline.metrics.get(name) if baseline is not None else None
    missed = _missed(name, metric.value, bounds)
    if before is None or baseline is None or not metric.better:
        known = before.value if before is not None else None
        return Check(name, metric.value, known, None, None, None, 0.0, metric.unit, missed)
    sign = 1.0 if metric.better == "higher" else -1.0
    (now, then, weights, then_weights), count = paired_scores(name, result, baseline)
    if not count:
        tolerance = bounds.tolerances.get(name, DEFAULT_TOLERANCE * abs(before.value))
        change = sign * (metric.value - before.value)
        why = missed or ("worse" if not change >= -tolerance else "")
        return Check(name, metric.value, before.value, change, None, None, tolerance, metric.unit, why)
    tolerance = bounds.tolerances.get(name, 0.0)
    change = sign * (weighted_mean(now, weights) - weighted_mean(then, then_weights))
    ends = interval_of_difference(now, then, weights, then_weights)
    low, high = sorted(sign * end for end in ends)
    is_worse = not (change if bounds.is_strict else high) >= -tolerance
    return Check(
        name, metric.value, before.value, change, low, high, tolerance, metric.unit,
        missed or ("worse" if is_worse else ""),
    )  # fmt: skip


def _missed(name: str, value: float, bounds: Bounds) -> str:
    """Which bound the value misses; one that is not a number misses all."""
    least, most = bounds.at_least.get(name), bounds.at_most.get(name)
    if least is not None and not value >= least:
        return f"below {least:g}"
    return f"above {most:g}" if most is not None and not value <= most else ""

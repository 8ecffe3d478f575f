"""Two results side by side, in pairs: the same items in both, so that what the items have in common cancels out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.intervals import interval_of_difference, sign_test, weighted_mean
from aifirst_model.evaluation.result import Metric, Result, require_same_questions
from aifirst_model.evaluation.show_result import interval, markdown_table, number, text_table

Verdict = Literal["better", "worse", "not shown", ""]
"""Of the second; "not shown" where the interval holds 0, "" where there is no interval or no better."""
_HEAD = ("Figure", "A", "B", "B - A", "95 % interval", "Items B better, worse", "Sign test p", "B is")


class Comparison(msgspec.Struct, frozen=True):
    """One figure of both. `difference` is second less first, over the items that both have where there are items."""

    name: str
    first: float
    second: float
    difference: float
    unit: str = ""
    low: float | None = None
    high: float | None = None
    better_items: int | None = None
    worse_items: int | None = None
    p: float | None = None
    """Of the two-sided sign test over items that differ; McNemar's exact test where scores are yes or no."""
    verdict: Verdict = ""


class ComparedResults(msgspec.Struct, frozen=True):
    """Everything about two results. `common` is how many items both have, `left_out` how many only one has."""

    first: str
    second: str
    comparisons: tuple[Comparison, ...]
    common: int
    left_out: int
    version: Literal[1] = 1


def compare_results(first: Result, second: Result) -> ComparedResults:
    """The figures that both have. Raises EvaluationError for two kinds of evaluation or suites, or nothing in common."""
    if first.kind != second.kind:
        raise EvaluationError(
            f"one result is of {first.kind}, the other of {second.kind}", "give two results of one evaluation"
        )
    require_same_questions(first, second)
    names = [name for name in first.metrics if name in second.metrics]
    mine, theirs = ({item.name for item in result.items} for result in (first, second))
    if not names or (mine and theirs and not mine & theirs):
        raise EvaluationError(
            "the two results have nothing in common", "run both on the same problems, files or texts"
        )
    comparisons = tuple(_compare(name, first, second) for name in names)
    return ComparedResults(first.subject, second.subject, comparisons, len(mine & theirs), len(mine ^ theirs))


def show_comparison(compared: ComparedResults, shape: Literal["text", "json", "markdown"]) -> str:
    """The table for people, or JSON."""
    if shape == "json":
        return msgspec.json.format(msgspec.json.encode(compared), indent=1).decode()
    rows = [_row(comparison) for comparison in compared.comparisons]
    note = f"{compared.common} items in both" + (
        f"; {compared.left_out} in one only, left out" if compared.left_out else ""
    )
    if shape == "markdown":
        title = f"A: {compared.first}; B: {compared.second}; {note}."
        return "\n".join([title, "", *markdown_table(_HEAD, rows)])
    return "\n".join([f"A: {compared.first}", f"B: {compared.second}", note, *text_table(_HEAD, rows)])


def paired_scores(name: str, first: Result, second: Result) -> tuple[list[list[float]], int]:
    """Values of first and second and weights of both, for the items that both have a score of; and their number."""
    theirs = {item.name: item.scores[name] for item in second.items if name in item.scores}
    pairs = [
        (item.scores[name], theirs[item.name])
        for item in first.items
        if name in item.scores and item.name in theirs
    ]
    columns = [
        [a.value for a, _ in pairs],
        [b.value for _, b in pairs],
        [a.weight for a, _ in pairs],
        [b.weight for _, b in pairs],
    ]
    return columns, len(pairs)


def _compare(name: str, first: Result, second: Result) -> Comparison:
    (a, b, a_weights, b_weights), count = paired_scores(name, first, second)
    mine = first.metrics[name]
    if not count:
        theirs = second.metrics[name].value
        return Comparison(name, mine.value, theirs, theirs - mine.value, mine.unit)
    before, after = weighted_mean(a, a_weights), weighted_mean(b, b_weights)
    low, high = interval_of_difference(b, a, b_weights, a_weights)
    ups, downs = _moves(mine, a, b)
    return Comparison(
        name, before, after, after - before, mine.unit, low, high, ups, downs, sign_test(ups, downs),
        _verdict(mine, low, high),
    )  # fmt: skip


def _moves(metric: Metric, first: Sequence[float], second: Sequence[float]) -> tuple[int, int]:
    """How many items the second does better and worse."""
    ups = sum(b > a for a, b in zip(first, second, strict=True))
    downs = sum(b < a for a, b in zip(first, second, strict=True))
    return (downs, ups) if metric.better == "lower" else (ups, downs)


def _verdict(metric: Metric, low: float, high: float) -> Verdict:
    if not metric.better:
        return ""
    if low <= 0 <= high:
        return "not shown"
    return "better" if (low > 0) == (metric.better == "higher") else "worse"


def _row(comparison: Comparison) -> tuple[str, ...]:
    told = comparison
    moves = "" if told.better_items is None else f"{told.better_items}, {told.worse_items}"
    return (
        told.name.replace("_", " "),
        number(told.first, told.unit),
        number(told.second, told.unit),
        f"{'+' if told.difference > 0 else ''}{number(told.difference, '')}",
        interval(told.low, told.high),
        moves,
        "" if told.p is None else f"{told.p:.4f}",
        told.verdict,
    )

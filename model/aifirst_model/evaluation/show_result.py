"""A result as people and programs read it: a table for the terminal, one in Markdown, JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from aifirst_model.evaluation.result import Metric, Result

Shape = Literal["text", "json", "markdown"]
_HEAD = ("Figure", "Value", "95 % interval", "Wanted", "Of")


def show_result(result: Result, shape: Shape) -> str:
    """The result; JSON is the file that is saved, items and all."""
    if shape == "json":
        return msgspec.json.format(msgspec.json.encode(result), indent=1).decode()
    rows = [
        (
            name.replace("_", " "),
            number(metric.value, metric.unit),
            interval(metric.low, metric.high, metric.unit),
            _wanted(metric),
            str(metric.count or ""),
        )
        for name, metric in result.metrics.items()
    ]
    about = [f"{name}: {value}" for name, value in result.about.items()]
    title = f"{result.kind}, {result.subject}"
    if shape == "markdown":
        parts = [f"## {title}", "", *markdown_table(_HEAD, rows), "", "; ".join(about)]
        for table in result.tables:
            parts += ["", f"### {table.title}", "", *markdown_table(table.head, table.rows)]
        return "\n".join(parts).rstrip()
    parts = [title, *(f"  {line}" for line in about), *text_table(_HEAD, rows)]
    for table in result.tables:
        parts += ["", table.title, *text_table(table.head, table.rows)]
    return "\n".join(parts)


def number(value: float, unit: str) -> str:
    """A figure with its unit, to as many places as it has use for."""
    if math.isnan(value):
        return "not known"
    size = abs(value)
    text = f"{value:.4f}" if size < 1 else f"{value:.3f}" if size < 10 else f"{value:.1f}"
    text = f"{value:,.0f}" if size >= 1000 else text
    return f"{text} {unit}".rstrip()


def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """Both ends, "" where there are none."""
    if low is None or high is None:
        return ""
    return f"{number(low, '')} to {number(high, unit)}"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Aligned columns; one that is empty in every row is left out."""
    used = [i for i in range(len(head)) if any(row[i] for row in rows)]
    lines = [[line[i] for i in used] for line in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The rows as Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def _wanted(metric: Metric) -> str:
    if metric.wanted is None:
        return ""
    least, most = metric.wanted
    ends = [
        f"at least {least:g}" if least is not None else "",
        f"at most {most:g}" if most is not None else "",
    ]
    return f"{', '.join(end for end in ends if end)}: {'met' if metric.is_met else 'not met'}"

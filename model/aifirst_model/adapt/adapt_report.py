"""What came of an adaptation: `adapt.json` in its folder, and the table for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from aifirst_model.adapt.score_lines import Difference, Summary

REPORT_FILE: Final = "adapt.json"


class Asked(msgspec.Struct, frozen=True):
    """What was asked for; a folder holds one such work and goes on with no other."""

    project: str
    base: str
    kind: str
    lines: int
    recipe: dict[str, int | float | str]


class AdaptReport(msgspec.Struct, frozen=True):
    """The whole."""

    version: int
    asked: Asked
    samples: int
    """Trained on."""
    held_out_files: int
    held_out_lines: int
    lookup: Summary
    base: Summary
    adapted: Summary
    difference: Difference
    kept: Literal["adapted", "base"]
    file: str
    """The one to serve."""
    seconds: dict[str, float]
    """A step."""
    bytes: int

    @property
    def beats_lookup(self) -> bool:
        """Whether what is kept completes more lines than looking them up does, beyond chance."""
        best = self.adapted if self.kept == "adapted" else self.base
        return best.exact_interval[0] > self.lookup.exact_interval[1]


def write_adapt_report(folder: Path, report: AdaptReport) -> Path:
    """Write it."""
    path = folder / REPORT_FILE
    part = folder / f"{REPORT_FILE}.part"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    part.replace(path)
    return path


def table(report: AdaptReport) -> str:
    """The figures for a person."""
    rows = [("", "exact match", "edit similarity", "perplexity", "a line")]
    rows += [_row(one) for one in (report.lookup, report.base, report.adapted)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(lines)


def _share(value: float, interval: tuple[float, float]) -> str:
    return f"{value:.1%} [{interval[0]:.1%}, {interval[1]:.1%}]"


def _row(one: Summary) -> tuple[str, str, str, str, str]:
    unsure = one.perplexity_interval
    return (
        one.name,
        _share(one.exact, one.exact_interval),
        _share(one.similarity, one.similarity_interval),
        f"{one.perplexity:.2f} [{unsure[0]:.2f}, {unsure[1]:.2f}]" if one.perplexity and unsure else "",
        f"{one.milliseconds:.1f} ms" if one.milliseconds is not None else "",
    )

"""What `aifirst model adapt` does, and how it tells."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import click
import msgspec
from aifirst_model.adapt.adapt_project import AdaptRequest, Changes, adapt_project
from aifirst_model.adapt.adapt_report import AdaptReport, table
from aifirst_model.export.number_kinds import kind_of

from aifirst_cli.output import write_output

_EVERY: Final = 5.0
"""Seconds between two lines about one step."""


def run_adapt(
    *, project: str, base: str, output: str, kind: str, steps: int | None, batch: int | None, length: int | None,
    rank: int | None, learning_rate: float | None, lines: int, threads: int | None, anyway: bool, shape: str,
) -> int:  # fmt: skip
    """Adapt and tell."""
    given = {"steps": steps, "batch": batch, "length": length, "rank": rank, "learning_rate": learning_rate}
    changes: Changes = {name: value for name, value in given.items() if value is not None}
    request = AdaptRequest(Path(project), base, kind_of(kind), lines, changes, threads or 0, anyway)
    report = adapt_project(request, Path(output), _Teller())
    if shape == "json":
        write_output(msgspec.json.encode(report).decode() + "\n", None, for_programs=True)
    else:
        write_output(_told(report, Path(output)), None)
    return 0


class _Teller:
    """A line on standard error where a step begins, and every few seconds of it."""

    def __init__(self) -> None:
        self._step, self._last = "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        name = step.partition(",")[0]
        if name == self._step and now - self._last < _EVERY:
            return
        self._step, self._last = name, now
        click.echo(f"{step} {done}/{total}" if total > 1 else step, err=True)
        sys.stderr.flush()


def _told(report: AdaptReport, folder: Path) -> str:
    lines = [
        f"{report.held_out_lines} lines of {report.held_out_files} held-out files, 95 % intervals; "
        f"trained on {report.samples:,} gaps",
        "",
        table(report),
        "",
        _verdict(report),
        f"Kept: {folder / report.file} ({report.bytes:,} bytes). Serve it, and name it to the editor:",
        f"    aifirst model serve {folder / report.file}",
        '    "aifirst.inlineCompletion.endpoint": "http://127.0.0.1:8080/v1"',
        f'    "aifirst.inlineCompletion.model": "{Path(report.file).stem}"',
    ]
    return "\n".join(lines) + "\n"


def _verdict(report: AdaptReport) -> str:
    difference = report.difference
    low, high = difference.exact_interval
    exact = f"{difference.exact:+.1%} of the lines [{low:+.1%}, {high:+.1%}]"
    likely = f"{difference.log_probability:+.3f} nats a token"
    if difference.is_better:
        told = f"The adapted model is better than the base: {exact}, {likely}."
    else:
        told = (
            f"These lines do not show that the adapted model is better: {exact}, {likely}. The base is kept."
        )
    if not report.beats_lookup:
        told += "\nNeither is shown to complete more lines than looking them up in the project, which needs no model."
    return told

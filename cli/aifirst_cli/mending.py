"""`aifirst validate --fix`: apply what is safe to apply until nothing is left, and say what was done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import click
from aifirst_validator.apply_fixes import apply_fixes
from aifirst_validator.report import Report

from aifirst_cli.chosen_rules import only_rules
from aifirst_cli.judging import reading_settings
from aifirst_cli.run_options import RunOptions

_ROUNDS: Final = 5
"""Fixes that touch each other wait for the next round; no real file needs more than two."""


def mend(report: Report, only: str | None, run: RunOptions, judge_again: Callable[[], Report]) -> Report:
    """Apply the safe fixes of the chosen rules; returns the report of the files as they are afterwards."""
    root = Path(report.root)
    settings = reading_settings(root, run)
    mended = 0
    files: set[str] = set()
    problems: dict[str, str] = {}
    for _ in range(_ROUNDS):
        outcomes = apply_fixes(root, only_rules(report, only).findings, settings=settings)
        problems.update((outcome.path, outcome.problem) for outcome in outcomes if outcome.problem)
        applied = [outcome for outcome in outcomes if outcome.applied]
        if not applied:
            break
        mended += sum(outcome.applied for outcome in applied)
        files.update(outcome.path for outcome in applied)
        report = judge_again()
    for path, problem in sorted(problems.items()):
        click.echo(f"{path}: {problem}", err=True)
    in_files = f" in {len(files)} file{'s' * (len(files) != 1)}" if mended else ""
    click.echo(f"Mended {mended} finding{'s' * (mended != 1)}{in_files}.", err=True)
    return report

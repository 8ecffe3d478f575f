"""The baseline on the command line: written, read, and turned down as findings are mended."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec
from aifirst_validator.baseline import (
    Baseline,
    BaselineError,
    baseline_of,
    read_baseline,
    shrink,
    split_known,
    write_baseline,
)
from aifirst_validator.report import Report

from aifirst_cli.failure import Failure

BASELINE_NAME: Final = "aifirst-baseline.json"


def without_known(report: Report, path: Path | None = None) -> Report:
    """The report without what the baseline `path` knows; without a path the one that the settings name."""
    place = path or named_baseline(report)
    if place is None:
        return report
    try:
        new, known = split_known(report.findings, read_baseline(place))
    except BaselineError as error:
        raise Failure(f"{error}.") from error
    return msgspec.structs.replace(report, findings=tuple(new), known=known)


def named_baseline(report: Report) -> Path | None:
    """The baseline that the project's settings name."""
    return Path(report.root) / report.baseline if report.baseline else None


def keep_baseline(report: Report, path: Path | None) -> str:
    """Write what is found as the baseline and say what to do with it.

    Without a path it is the file that the settings name, or `aifirst-baseline.json` in the project. A file
    that is there and is no baseline is never written over: a PATH after `--write-baseline` is easily meant
    as something to judge.
    """
    place = path or named_baseline(report) or Path(report.root) / BASELINE_NAME
    if place.is_dir():
        raise Failure(f"{place} is a folder. Put what to judge before --write-baseline, or name a file.")
    if place.exists() and not _is_baseline(place):
        raise Failure(f"{place} is there and is no baseline, so it is kept. Name another file.")
    baseline = baseline_of(report.findings)
    _save(place, baseline)
    knows = f"{place} knows {baseline.size} finding{'s' * (baseline.size != 1)}."
    if named_baseline(report) is not None and place.resolve() == Path(report.root, report.baseline).resolve():
        return f"{knows} Commit it."
    root = Path(report.root).resolve()
    inside = place.resolve().is_relative_to(root)
    name = place.resolve().relative_to(root).as_posix() if inside else str(place)
    how = f'set baseline = "{name}" in aifirst.toml' if inside else f"give --baseline {name}"
    return f"{knows} Commit it and {how}; only new findings are told from then on."


def turn_ratchet(report: Report, path: Path | None, *, whole: bool) -> str:
    """Take out of the baseline what is no longer found; says what went, empty where nothing did.

    `whole` says that the whole project was judged, so that findings of deleted files are mended too.
    """
    place = path or named_baseline(report)
    if place is None:
        raise click.UsageError("--ratchet needs a baseline: give --baseline FILE or set it in aifirst.toml.")
    try:
        baseline = read_baseline(place)
        smaller = shrink(baseline, report.findings, None if whole else [f.path for f in report.files])
    except BaselineError as error:
        raise Failure(f"{error}.") from error
    if smaller == baseline:
        return ""
    _save(place, smaller)
    return f"{place}: {baseline.size - smaller.size} mended, {smaller.size} left."


def _save(place: Path, baseline: Baseline) -> None:
    try:
        write_baseline(place.resolve(), baseline)
    except BaselineError as error:
        cause = error.__cause__
        reason = cause.strerror if isinstance(cause, OSError) else str(error)
        raise Failure(f"{place} cannot be written: {reason}. Name another file.") from error


def _is_baseline(path: Path) -> bool:
    try:
        read_baseline(path)
    except BaselineError:
        return False
    return True

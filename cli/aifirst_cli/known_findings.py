"""The baseline on the command line: written, read, and turned down as findings are mended.

A baseline that a person names on the command line may lie anywhere. One that the settings name lies in the
project: a project is not trusted to have any other file read, waited for or written.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

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


class Kept(NamedTuple):
    """A baseline that was written: how many findings it knows, and knew before (None: there was none)."""

    place: Path
    knows: int
    knew: int | None


def without_known(report: Report, path: Path | None = None) -> Report:
    """The report without what the baseline `path` knows; without a path the one that the settings name."""
    place = path or named_baseline(report)
    if place is None:
        return report
    report = _without_file(report, place)
    try:
        new, known = split_known(report.findings, read_baseline(place))
    except BaselineError as error:
        raise Failure(f"{error}.") from error
    return msgspec.structs.replace(report, findings=tuple(new), known=known)


def named_baseline(report: Report) -> Path | None:
    """The baseline that the project's settings name; raises `Failure` for one outside the project."""
    return project_baseline(Path(report.root), report.baseline) if report.baseline else None


def project_baseline(root: Path, name: str) -> Path:
    """Where the baseline `name` of a project really lies; raises `Failure` where that is outside of it."""
    inside = os.path.realpath(root)
    try:
        place = Path(os.path.realpath(os.path.join(inside, name)))  # noqa: PTH118  # one string for realpath
    except ValueError as error:
        raise Failure(f"the setting baseline, {name!r}, is no name of a file. Correct it.") from error
    if not place.is_relative_to(inside):
        raise Failure(
            f"the project's own baseline, {name}, leads out of the project {inside}. "
            "Move it into the project, or give it to aifirst validate with --baseline."
        )
    return place


def keep_baseline(report: Report, path: Path | None) -> str:
    """Write what is found as the baseline and say what to do with it.

    Without a path it is the file that the settings name, or `aifirst-baseline.json` in the project.
    """
    root = Path(os.path.realpath(report.root))
    named = named_baseline(report)
    place = path or named or project_baseline(root, BASELINE_NAME)
    kept = write_known(report, place)
    before = "" if kept.knew is None else f" (it knew {kept.knew})"
    knows = f"{place} knows {findings_in_words(kept.knows)}{before}."
    real = place.resolve()
    if real == named:
        return f"{knows} Commit it."
    if real.is_relative_to(root):
        how = f'set baseline = "{real.relative_to(root).as_posix()}" in aifirst.toml'
    else:
        how = f"give --baseline {place}"
    return f"{knows} Commit it and {how}; only new findings are told from then on."


def write_known(report: Report, place: Path) -> Kept:
    """Write what is found as the baseline `place`.

    A file that is there and is no baseline is never written over: a PATH after `--write-baseline` is easily
    meant as something to judge.
    """
    if place.is_dir():
        raise Failure(f"{place} is a folder. Put what to judge before --write-baseline, or name a file.")
    knew = count_known(place)
    baseline = baseline_of(_without_file(report, place).findings)
    _save(place, baseline)
    return Kept(place, baseline.size, knew)


def count_known(place: Path) -> int | None:
    """How many findings the baseline knows, None where there is no file; raises `Failure` for another file."""
    if not place.exists():
        return None
    try:
        return read_baseline(place).size
    except BaselineError as error:
        raise Failure(
            f"{place} is there and is no baseline, so it is kept. Name another file, or move it away."
        ) from error


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


def findings_in_words(count: int) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count:,} finding{'s' * (count != 1)}"


def _without_file(report: Report, place: Path) -> Report:
    """The report without the baseline itself: it stands among the files of a project, and is no source."""
    root, real = Path(os.path.realpath(report.root)), Path(os.path.realpath(place))
    if not real.is_relative_to(root):
        return report
    name = real.relative_to(root).as_posix()
    return msgspec.structs.replace(
        report,
        findings=tuple(finding for finding in report.findings if finding.path != name),
        files=tuple(file for file in report.files if file.path != name),
        notices=tuple(notice for notice in report.notices if notice.path != name),
    )


def _save(place: Path, baseline: Baseline) -> None:
    try:
        write_baseline(place.resolve(), baseline)
    except BaselineError as error:
        raise Failure(f"{error}.") from error

"""`aifirst compile` of a folder: made, checked, measured, watched, verified."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aifirst_cli.compile_run import CompileRun, options_of_run, tell
from aifirst_cli.compile_text import stats_text, summary_text, verification_text, warnings_text
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar

if TYPE_CHECKING:
    from aifirst_compiler.project import ProjectReport, ProjectRequest
    from aifirst_compiler.verify.verify import Verification


def run_folder(given: CompileRun, source: Path) -> int:
    """Compile, or only look; the exit code."""
    from aifirst_codebase.config import find_root
    from aifirst_compiler.project import ProjectRequest

    root = find_root(source)
    with tempfile.TemporaryDirectory(prefix="aifirst-compile-") as scratch:
        # where only the measures are wanted, nothing is there and nothing is written
        out = Path(given.output) if given.output is not None else Path(scratch) / "out"
        request = ProjectRequest(
            root, source, out.absolute(), options_of_run(given, root), given.jobs,
            given.check or given.output is None, given.stats or given.shape == "json", given.adopt,
        )  # fmt: skip
        if given.watch:
            return _watch(request)
        return _once(given, request)


def _once(given: CompileRun, request: ProjectRequest) -> int:
    import msgspec
    from aifirst_compiler.project import compile_project
    from aifirst_compiler.run_time_docs.unmatched import unmatched_names

    start = time.monotonic()
    with progress_bar("Compiling") as progress:
        report = compile_project(request, progress)
    seconds = time.monotonic() - start
    paths = [one.path for one in report.outcomes if one.language]
    report = msgspec.structs.replace(
        report, notices=(*report.notices, *unmatched_names(given.keep, request.root, paths))
    )
    done = _verified(given, request) if given.verify is not None and report.exit_code == 0 else None
    if given.shape == "json":
        write_output(_json(report, done), None, for_programs=True)
    else:
        _tell(given, report, seconds)
        for line in verification_text(done) if done is not None else ():
            click.echo(line)
    if given.output is None:
        return 2 if report.exit_code == 2 else 0
    return report.exit_code or int(done is not None and not done.equal)


def _tell(given: CompileRun, report: ProjectReport, seconds: float) -> None:
    for line in warnings_text(report.all_warnings):
        tell(line)
    if given.check:
        for one in report.stale:
            click.echo(f"{one.out}: {one.why}")
        click.echo(
            f"{len(report.stale):,} outputs are stale; run it without --check"
            if report.stale
            else "all current"
        )
        return
    if given.stats:
        click.echo("\n".join(stats_text(report.totals)))
    click.echo(summary_text(report, seconds))


def _verified(given: CompileRun, request: ProjectRequest) -> Verification:
    from aifirst_compiler.verify.verify import ToVerify, verify_output

    command = ToVerify(request.root, request.source, request.out, given.verify or "", given.verify_timeout)
    return verify_output(command, tell)


def _json(report: ProjectReport, done: Verification | None) -> str:
    import msgspec

    fields: dict[str, object] = {
        "version": 1,
        "files": list(report.outcomes),
        "totals": report.totals,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "stale": report.stale,
        "warnings": report.all_warnings,
    }
    if done is not None:
        fields["verification"] = {
            "equal": done.equal, "tests": len(done.source.tests), "differences": done.differences, "flaky": done.flaky,
            "tally": done.source.tally, "exit_code": done.source.code,
        }  # fmt: skip
    return msgspec.json.encode(fields).decode() + "\n"


def _watch(request: ProjectRequest) -> int:
    from aifirst_compiler.project import watch_project

    tell(f"Watching {request.source}; end with Ctrl-C.")
    start = time.monotonic()

    def begin() -> None:
        nonlocal start
        start = time.monotonic()

    for report in watch_project(request, begin=begin):
        for line in warnings_text(report.all_warnings, 5):
            tell(line)
        click.echo(summary_text(report, time.monotonic() - start))
    return 0

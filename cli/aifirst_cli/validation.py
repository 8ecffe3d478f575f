"""What `aifirst validate` does: choose what to judge, mend, compare with the baseline, print."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from aifirst_validator.baseline import (
    BaselineError,
    baseline_of,
    read_baseline,
    shrink,
    split_known,
    write_baseline,
)
from aifirst_validator.finding import FindingSeverity
from aifirst_validator.report import Report

from aifirst_cli.judging import Failure, judge, rule_infos, sources_of, write_output
from aifirst_cli.run_options import job_of, overrides_of

_STRICTER: dict[FindingSeverity, FindingSeverity] = {"note": "warning", "warning": "error", "error": "error"}


def run(options: Mapping[str, Any]) -> int:
    """Run `aifirst validate` with the command's options; returns the exit code."""
    _refuse_contradictions(options)
    report = _judge(options)
    if options["fix"]:
        report = _fix(options, report)
    if options["only"]:
        report = _only(report, options["only"])
    if options["write_baseline"]:
        return _write_baseline(report, Path(options["write_baseline"]))
    report = _without_known(report, options)
    if options["strict"]:
        stricter = [msgspec.structs.replace(f, severity=_STRICTER[f.severity]) for f in report.findings]
        report = msgspec.structs.replace(report, findings=tuple(stricter))
    write_output(_rendered(report, options["shape"], options["output"]), options["output"])
    if os.environ.get("GITHUB_STEP_SUMMARY") and options["shape"] == "github":
        _write_job_summary(report, Path(os.environ["GITHUB_STEP_SUMMARY"]))
    return 0 if report.clean else 1


def _refuse_contradictions(options: Mapping[str, Any]) -> None:
    ways = [name for name in ("revision", "staged", "pair") if options[name]]
    if "-" in options["paths"]:
        ways.append("standard input")
    if len(ways) > 1:
        raise click.UsageError(
            "--diff, --staged, --pair and - are different things to judge: give one of them."
        )
    if options["plan"] and not set(ways) & {"revision", "staged", "pair"}:
        raise click.UsageError("--plan belongs to a change: give --diff, --staged or --pair too.")
    if options["fix"] and (options["staged"] or options["pair"] or "standard input" in ways):
        raise click.UsageError("--fix mends files of the working tree: leave out --staged, --pair and -.")
    if options["ratchet"] and options["write_baseline"]:
        raise click.UsageError("--ratchet only takes out, --write-baseline writes anew: give one of them.")


def _judge(options: Mapping[str, Any]) -> Report:
    shared = {name: options[name] for name in ("preset", "assignments", "isolated", "jobs", "no_cache")}
    if "-" in options["paths"]:
        return _judge_stdin(options)
    if options["revision"] or options["staged"] or options["pair"]:
        from aifirst_cli.change_validation import judge_changes

        return judge_changes(options, shared)
    return judge(job_of(options["paths"], **shared))


def _judge_stdin(options: Mapping[str, Any]) -> Report:
    from aifirst_codebase.config import ConfigError, find_root
    from aifirst_validator.engine import judge_text

    if len(options["paths"]) > 1:
        raise click.UsageError("- stands alone: give no other path.")
    if not options["stdin_path"]:
        raise click.UsageError("say what the text is: --stdin-path src/name.py")
    path = Path(options["stdin_path"])
    root = find_root(path.parent if path.parent.is_dir() else Path())
    resolved = path.resolve()
    name = resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else path.name
    overrides = overrides_of(options["preset"], options["assignments"])
    try:
        return judge_text(root, name, sys.stdin.buffer.read(), overrides, isolated=options["isolated"])
    except ConfigError as error:
        raise Failure(str(error)) from error


def _fix(options: Mapping[str, Any], report: Report) -> Report:
    """Apply safe fixes until nothing is left to mend, at most five times; tells on stderr what it did."""
    from aifirst_codebase.discovery import DiscoverySettings
    from aifirst_validator.apply_fixes import apply_fixes

    mended = 0
    for _ in range(5):
        chosen = _only(report, options["only"]).findings if options["only"] else report.findings
        outcomes = apply_fixes(Path(report.root), chosen, settings=DiscoverySettings())
        for outcome in outcomes:
            if outcome.problem:
                click.echo(f"{outcome.path}: {outcome.problem}", err=True)
        applied = sum(outcome.applied for outcome in outcomes)
        mended += applied
        if not applied:
            break
        report = _judge(options)
    click.echo(f"Mended {mended} finding{'s' * (mended != 1)}.", err=True)
    return report


def _only(report: Report, wanted: str) -> Report:
    from aifirst_validator.rule_set import load_rules

    words = {word.strip() for word in wanted.split(",") if word.strip()}
    unknown = words - load_rules().names
    if unknown:
        raise click.UsageError(
            f"--only: there is no rule {', '.join(sorted(unknown))}. `aifirst rules` lists them all."
        )
    kept = tuple(f for f in report.findings if words & {f.rule, f.name, f.rule[:3]})
    return msgspec.structs.replace(report, findings=kept)


def _write_baseline(report: Report, path: Path) -> int:
    baseline = baseline_of(report.findings)
    try:
        write_baseline(path, baseline)
    except BaselineError as error:
        raise Failure(str(error)) from error
    click.echo(
        f"{path} knows {baseline.size} finding{'s' * (baseline.size != 1)}. "
        f'Commit it and set baseline = "{path}" in aifirst.toml; only new findings are told from now on.',
        err=True,
    )
    return 0


def _without_known(report: Report, options: Mapping[str, Any]) -> Report:
    path = _baseline_path(report, options)
    if path is None:
        if options["ratchet"]:
            raise click.UsageError(
                "--ratchet needs a baseline: give --baseline FILE or set it in aifirst.toml."
            )
        return report
    try:
        baseline = read_baseline(path)
        if options["ratchet"]:
            whole = not options["paths"] and not options["revision"] and not options["staged"]
            smaller = shrink(baseline, report.findings, None if whole else [f.path for f in report.files])
            if smaller != baseline:
                write_baseline(path, smaller)
                click.echo(f"{path}: {baseline.size - smaller.size} mended, {smaller.size} left.", err=True)
    except BaselineError as error:
        raise Failure(str(error)) from error
    new, known = split_known(report.findings, baseline)
    return msgspec.structs.replace(report, findings=tuple(new), known=known)


def _baseline_path(report: Report, options: Mapping[str, Any]) -> Path | None:
    if options["baseline"]:
        return Path(options["baseline"])
    return Path(report.root) / report.baseline if report.baseline else None


def _rendered(report: Report, shape: str, output: str | None) -> str:
    from aifirst_validator.formats import load_renderer
    from aifirst_validator.formats.terminal import PLAIN, terminal_of

    terminal = PLAIN if output else terminal_of(sys.stdout, os.environ)
    rules = rule_infos() if shape in {"sarif", "html"} else []
    return load_renderer(shape)(report, sources=sources_of(Path(report.root)), rules=rules, terminal=terminal)


def _write_job_summary(report: Report, path: Path) -> None:
    from aifirst_validator.formats.github import summary_markdown

    with path.open("a", encoding="utf-8") as file:
        file.write(summary_markdown(report))

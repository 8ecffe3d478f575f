"""What `aifirst validate` does: choose what to judge, mend, compare with the baseline, print."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, Literal

import click
import msgspec
from aifirst_validator.finding import FindingSeverity
from aifirst_validator.formats import Sources
from aifirst_validator.report import Report

from aifirst_cli.change_validation import judge_changes
from aifirst_cli.chosen_rules import codes_called, only_rules
from aifirst_cli.judging import judge, rule_infos
from aifirst_cli.known_findings import findings_in_words, keep_baseline, turn_ratchet, without_known
from aifirst_cli.mending import mend
from aifirst_cli.output import write_output
from aifirst_cli.run_options import RunOptions, current_folder, job_of
from aifirst_cli.shown_sources import sources_of
from aifirst_cli.text_validation import judge_stdin

_STRICTER: Final[dict[FindingSeverity, FindingSeverity]] = {
    "note": "warning",
    "warning": "error",
    "error": "error",
}
_FOR_PROGRAMS: Final = {"json", "sarif", "junit", "html"}
_WITH_RULES: Final = {"sarif", "html"}

Subject = Literal["project", "revision", "index", "pair", "text"]


class ValidateOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `aifirst validate`; `write_baseline` is empty where no FILE was given with it."""

    paths: tuple[str, ...] = ()
    revision: str | None = None
    staged: bool = False
    pair: tuple[str, str] | None = None
    plan: str | None = None
    stdin_path: str | None = None
    fix: bool = False
    shape: str = "text"
    output: str | None = None
    only: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    ratchet: bool = False
    strict: bool = False
    run: RunOptions = RunOptions()

    @property
    def subject(self) -> Subject:
        """What is judged; raises `click.UsageError` where it is not one thing."""
        given: tuple[tuple[Subject, bool], ...] = (
            ("revision", self.revision is not None),
            ("index", self.staged),
            ("pair", self.pair is not None),
            ("text", "-" in self.paths),
        )
        ways: list[Subject] = [subject for subject, is_given in given if is_given]
        if len(ways) > 1:
            raise click.UsageError(
                "--diff, --staged, --pair and - are different things to judge. Give one of them."
            )
        return ways[0] if ways else "project"


def run(options: ValidateOptions) -> int:
    """Run `aifirst validate`; returns the exit code. Raises `Failure` and `click.UsageError`."""
    refuse_contradictions(options)
    report = _judge(options)
    if options.fix:
        report = mend(report, options.only, options.run, lambda: _judge(options))
    if options.strict:
        stricter = [msgspec.structs.replace(f, severity=_STRICTER[f.severity]) for f in report.findings]
        report = msgspec.structs.replace(report, findings=tuple(stricter))
    if options.write_baseline is not None:
        chosen = only_rules(report, options.only)
        named = Path(options.write_baseline) if options.write_baseline else None
        click.echo(keep_baseline(chosen, named), err=True)
        return 0
    known = Path(options.baseline) if options.baseline is not None else None
    if options.ratchet:
        whole = not job_of(options.paths, options.run).targets
        told = turn_ratchet(report, known, whole=whole)
        if told:
            click.echo(told, err=True)
    shown = only_rules(without_known(report, known), options.only)
    _print(shown, sources_of(report, options.run), options.shape, options.output)
    if not shown.findings and all(file.left_out for file in shown.files):
        click.echo(_why_nothing_was_judged(options), err=True)
    return 0 if shown.clean else 1


def refuse_contradictions(options: ValidateOptions) -> None:
    """Raises `click.UsageError` for options that cannot be meant together."""
    subject = options.subject
    _refuse_empty(options)
    if options.only is not None:
        codes_called(options.only)
    if options.plan is not None and subject not in ("revision", "index", "pair"):
        raise click.UsageError("--plan belongs to a change. Give --diff, --staged or --pair too.")
    if options.fix and subject not in ("project", "revision"):
        raise click.UsageError("--fix mends files of the working tree. Leave out --staged, --pair and -.")
    if options.pair is not None and options.paths:
        raise click.UsageError("--pair names its two files. Leave out PATH.")
    if options.stdin_path is not None and subject != "text":
        raise click.UsageError("--stdin-path says what standard input is. Give - as PATH too.")
    _refuse_baseline(options, subject)


def _refuse_empty(options: ValidateOptions) -> None:
    if options.revision == "":
        raise click.UsageError("--diff needs a revision, such as main, HEAD~1 or a tag.")
    if options.baseline == "":
        raise click.UsageError("--baseline needs a file.")
    if options.output == "":
        raise click.UsageError("-o needs a file, or - for standard output.")


def _refuse_baseline(options: ValidateOptions, subject: Subject) -> None:
    writes = options.write_baseline is not None
    if options.ratchet and writes:
        raise click.UsageError("--ratchet only takes out, --write-baseline writes anew. Give one of them.")
    if options.baseline is not None and writes:
        raise click.UsageError("--write-baseline writes everything that is found. Leave out --baseline.")
    if (options.ratchet or writes) and subject != "project":
        raise click.UsageError(
            f"{'--write-baseline' if writes else '--ratchet'} needs all findings of the files. "
            "Leave out --diff, --staged, --pair and -."
        )


def _judge(options: ValidateOptions) -> Report:
    subject = options.subject
    if subject == "text":
        return judge_stdin(options.paths, options.stdin_path, options.run)
    if subject == "project":
        return judge(job_of(options.paths, options.run))
    return judge_changes(
        options.run,
        paths=options.paths,
        revision=options.revision,
        pair=options.pair,
        plan=options.plan,
    )


def _why_nothing_was_judged(options: ValidateOptions) -> str:
    """What to think of a run without findings that judged no file: it may be a mistake."""
    subject = options.subject
    which = "no source file there" if options.paths else "no source file"
    if subject == "revision":
        return f"Nothing to judge: {which} differs from {options.revision}."
    if subject == "index":
        return f"Nothing to judge: {which} is staged."
    if subject == "project":
        return "Nothing to judge: no source file was found. See aifirst config for what is left out."
    if options.pair is not None and _are_same(*options.pair):
        return "Nothing to judge: the two files are the same."
    return "Nothing to judge: this is in no language that is judged."


def _are_same(before: str, after: str) -> bool:
    files = [current_folder() / name for name in (before, after)]
    # What a pipe gave is gone, and reading it again would wait for ever.
    return all(file.is_file() for file in files) and files[0].read_bytes() == files[1].read_bytes()


def _print(report: Report, sources: Sources, shape: str, output: str | None) -> None:
    from aifirst_validator.formats import load_renderer
    from aifirst_validator.formats.terminal import PLAIN, terminal_of

    to_file = output is not None and output != "-"
    text = load_renderer(shape)(
        report,
        sources=sources,
        rules=rule_infos() if shape in _WITH_RULES else [],
        terminal=PLAIN if to_file else terminal_of(sys.stdout, os.environ),
    )
    write_output(text, output, for_programs=shape in _FOR_PROGRAMS)
    if output is not None and to_file:
        click.echo(
            f"Wrote {click.format_filename(output)} ({findings_in_words(len(report.findings))}).", err=True
        )
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and shape == "github":
        _write_job_summary(report, Path(summary))


def _write_job_summary(report: Report, path: Path) -> None:
    """Add the summary to the page of the workflow; a run is not failed for want of it."""
    from aifirst_validator.formats.github import summary_markdown

    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(summary_markdown(report))
    except OSError as error:
        click.echo(f"The job summary was not written: {error.strerror}.", err=True)

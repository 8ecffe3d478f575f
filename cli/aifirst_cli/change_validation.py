"""`aifirst validate --diff`, `--staged` and `--pair`: the file rules where lines changed, and the edit rules."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from aifirst_cli.failure import Failure
from aifirst_cli.judging import judging_errors
from aifirst_cli.progress import progress_bar
from aifirst_cli.run_options import RunOptions, job_of, overrides_of

if TYPE_CHECKING:
    from aifirst_validator.changes.record import EditRecord
    from aifirst_validator.report import Report

_MOST_RECORD_BYTES: Final = 1_000_000


def judge_changes(
    run: RunOptions,
    *,
    paths: tuple[str, ...] = (),
    revision: str | None = None,
    pair: tuple[str, str] | None = None,
    plan: str | None = None,
) -> Report:
    """The report of a pair of files, of what changed since `revision`, or else of what is staged.

    Raises `Failure` for what git or a person has to mend first.
    """
    from aifirst_validator.change_engine import judge_pair, judge_revision

    record = _record(plan) if plan is not None else None
    with judging_errors(), progress_bar("Judging the change"):
        if pair is not None:
            before, after = (_readable(path) for path in pair)
            return judge_pair(before, after, overrides_of(run), isolated=run.isolated, record=record)
        return judge_revision(job_of(paths, run), revision, record=record)


def _readable(path: str) -> Path:
    """The path of a file or of a pipe, which `<(git show HEAD:file)` gives; raises `click.UsageError`."""
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError as error:
        raise click.UsageError(f"--pair: {path} does not exist. Name two files.") from error
    if not stat.S_ISREG(mode) and not stat.S_ISFIFO(mode):
        raise click.UsageError(f"--pair: {path} is not a file. Name two files.")
    return Path(path)


def _record(plan: str) -> EditRecord:
    from aifirst_validator.changes.record import RecordError, parse_record

    try:
        with Path(plan).open("rb") as stream:
            raw = stream.read(_MOST_RECORD_BYTES + 1)
        if len(raw) > _MOST_RECORD_BYTES:
            raise Failure(
                f"--plan: {plan} holds over {_MOST_RECORD_BYTES // 1_000_000} MB. Give an edit record."
            )
        return parse_record(raw, plan)
    except OSError as error:
        raise Failure(f"--plan: {plan} cannot be read: {error.strerror}. Give an existing file.") from error
    except RecordError as error:
        raise Failure(f"--plan: {error}") from error

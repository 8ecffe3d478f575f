"""`aifirst validate --diff`, `--staged` and `--pair`: the file rules where lines changed, and the edit rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from aifirst_validator.changes.record import EditRecord
from aifirst_validator.report import Report

from aifirst_cli.judging import Failure
from aifirst_cli.run_options import job_of, overrides_of


def judge_changes(options: Mapping[str, Any], shared: Mapping[str, Any]) -> Report:
    """The report of a change; raises `Failure` for what git or a person has to mend first."""
    from aifirst_codebase.config import ConfigError
    from aifirst_validator.change_engine import judge_pair, judge_revision
    from aifirst_validator.changes.git_command import ChangeError
    from aifirst_validator.rule_set import RuleSetError

    try:
        record = _record(options)
        if options["pair"]:
            before, after = (Path(path) for path in options["pair"])
            for path in (before, after):
                if not path.is_file():
                    raise click.UsageError(f"--pair: {path} is not a file.")
            overrides = overrides_of(shared["preset"], shared["assignments"])
            return judge_pair(before, after, overrides, isolated=shared["isolated"], record=record)
        job = job_of(options["paths"], **shared)
        return judge_revision(job, options["revision"], record=record)
    except (ConfigError, RuleSetError, ChangeError) as error:
        raise Failure(str(error)) from error


def _record(options: Mapping[str, Any]) -> EditRecord | None:
    if not options["plan"]:
        return None
    from aifirst_validator.changes.record import RecordError, parse_record

    path = Path(options["plan"])
    try:
        return parse_record(path.read_bytes(), str(path))
    except OSError as error:
        raise Failure(f"--plan: {path} cannot be read: {error.strerror}. Give an existing file.") from error
    except RecordError as error:
        raise Failure(str(error)) from error

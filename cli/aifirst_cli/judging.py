"""Runs the engine for a command: progress, the errors a person can mend, the texts formats ask for."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aifirst_cli.progress import progress_bar

if TYPE_CHECKING:
    from aifirst_validator.engine import Job
    from aifirst_validator.formats import RuleInfo
    from aifirst_validator.report import Report


class Failure(click.ClickException):
    """A failure that is told in one line; exit code 2."""

    exit_code = 2


def judge(job: Job) -> Report:
    """The report of a project; raises `Failure` for what a person has to mend first."""
    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_validator.engine import judge_project
    from aifirst_validator.rule_set import RuleSetError

    gc.disable()  # a run makes few cycles and ends soon; the collector would cost a tenth of it
    try:
        with progress_bar("Judging") as progress:
            return judge_project(job, progress)
    except (ConfigError, TokenizerError, RuleSetError) as error:
        raise Failure(str(error)) from error


def sources_of(root: Path) -> Callable[[str], str | None]:
    """A function that gives the text of a file of the project, None where it cannot be read."""
    from aifirst_codebase.discovery import DiscoverySettings, Skipped, read_source

    settings = DiscoverySettings()

    def text_of(path: str) -> str | None:
        source = read_source(root, path, settings)
        return None if isinstance(source, Skipped) else source.text

    return text_of


def rule_infos() -> list[RuleInfo]:
    """What formats tell about the rules."""
    from aifirst_validator.rule_pages import rule_info
    from aifirst_validator.rule_set import load_rules

    return [rule_info(rule) for rule in load_rules().all]


def write_output(text: str, output: str | None) -> None:
    """Write to a file, whole or not at all, or to standard output where `output` is None or `-`."""
    if output is None or output == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    path = Path(output)
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Failure(f"{output} cannot be written: {error.strerror}. Give another place with -o.") from error

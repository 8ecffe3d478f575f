"""Runs the engine for a command: progress, the errors a person can mend, what formats tell of the rules."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aifirst_cli.failure import Failure
from aifirst_cli.progress import progress_bar
from aifirst_cli.run_options import RunOptions, overrides_of

if TYPE_CHECKING:
    from aifirst_codebase.discovery import DiscoverySettings
    from aifirst_validator.engine import Job
    from aifirst_validator.formats import RuleInfo
    from aifirst_validator.report import Report


def judge(job: Job) -> Report:
    """The report of a project; raises `Failure` for what a person has to mend first."""
    from aifirst_validator.engine import judge_project

    with judging_errors(), progress_bar("Judging") as progress:
        return judge_project(job, progress)


@contextmanager
def judging_errors() -> Generator[None]:
    """Turns what a person can mend into `Failure`; wraps whatever judges."""
    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_codebase.worker_pool import WorkersEndedError
    from aifirst_validator.changes.git_command import ChangeError
    from aifirst_validator.rule_set import RuleSetError

    gc.disable()  # a run makes few cycles and ends soon; the collector would cost a tenth of it
    try:
        yield
    except (ConfigError, TokenizerError, RuleSetError, ChangeError) as error:
        raise Failure(str(error)) from error
    except WorkersEndedError as error:
        raise Failure(
            "a process that judged was ended from outside, often for want of memory. "
            "What was finished is kept; run it again with --jobs 1."
        ) from error


def reading_settings(root: Path, run: RunOptions) -> DiscoverySettings:
    """How the run reads a file of the project again, to mend or to show it; raises `Failure`."""
    from aifirst_codebase.config import load_config
    from aifirst_codebase.open_project import discovery_settings

    with judging_errors():
        return discovery_settings(load_config(root, overrides=overrides_of(run), isolated=run.isolated))


def rule_infos() -> list[RuleInfo]:
    """What formats tell about the rules."""
    from aifirst_validator.rule_pages import rule_info
    from aifirst_validator.rule_set import load_rules

    return [rule_info(rule) for rule in load_rules().all]

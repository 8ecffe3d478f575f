"""The options that say what is judged and how, shared by the commands that judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from aifirst_cli.failure import Failure
from aifirst_cli.option_list import with_options

if TYPE_CHECKING:
    from aifirst_validator.engine import Job

PRESETS = ("full", "balanced", "gradual", "legacy", "prototype")
_MOST_JOBS = 256


class RunOptions(NamedTuple):
    """How to judge. `jobs` 0 means one process a processor."""

    preset: str | None = None
    assignments: tuple[str, ...] = ()
    isolated: bool = False
    jobs: int = 0
    no_cache: bool = False


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a run to a command, which gets them as one value called `run`."""

    @wraps(command)
    def gathered(*arguments: Any, **options: Any) -> Any:
        run = RunOptions(**{name: options.pop(name) for name in RunOptions._fields})
        return command(*arguments, run=run, **options)

    return with_options(_OPTIONS)(gathered)


_OPTIONS = (
    click.option("--preset", type=click.Choice(PRESETS), help="Use this preset instead of the project's."),
    click.option(
        "--set", "assignments", multiple=True, metavar="KEY=VALUE",
        help="Set one value, such as limits.unit_tokens=900 or rules.AF107=off. May be repeated.",
    ),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
    click.option(
        "-j", "--jobs", type=click.IntRange(0, _MOST_JOBS), default=0, metavar="N",
        help="How many processes judge; 0, the default, is one a processor.",
    ),
    click.option("--no-cache", is_flag=True, help="Judge every file again and keep nothing."),
)  # fmt: skip


def job_of(paths: Sequence[str], run: RunOptions) -> Job:
    """The job that the options describe.

    Raises `click.UsageError` for what cannot be meant and `Failure` where the current folder is gone.
    """
    from aifirst_codebase.config import find_root
    from aifirst_validator.engine import Job

    here = current_folder()
    targets = [Path(path) for path in paths] or [Path()]
    for target, given in zip(targets, paths or ["."], strict=True):
        if not given:
            raise click.UsageError("a PATH is empty. Give a folder or file of your project, or none.")
        if not target.exists():
            dangling = target.is_symlink()
            what = "is a link to what does not exist" if dangling else "does not exist"
            raise click.UsageError(f"{target} {what}. Give a folder or file of your project.")
    resolved = [(here / target).resolve() for target in targets]
    root = find_root(resolved[0])
    for target, place in zip(targets, resolved, strict=True):
        if not place.is_relative_to(root):
            raise click.UsageError(f"{target} is outside the project {root}. Judge one project at a time.")
    chosen = () if root in resolved else tuple(dict.fromkeys(resolved))
    return Job(root, chosen, overrides_of(run), run.isolated, run.jobs, not run.no_cache)


def current_folder() -> Path:
    """The folder one stands in; raises `Failure` where it was deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise Failure("the folder you are in was deleted. Change into one that exists.") from error


def overrides_of(run: RunOptions) -> dict[str, object]:
    """The settings given on the command line, by dotted key; raises `click.UsageError`."""
    from aifirst_codebase.config import parse_assignment

    overrides: dict[str, object] = {"preset": run.preset} if run.preset else {}
    for assignment in run.assignments:
        try:
            key, value = parse_assignment(assignment)
        except ValueError as error:
            raise click.UsageError(f"--set: {error}.") from error
        overrides[key] = value
    return overrides

"""The options that say what is judged and how, shared by the commands that judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from aifirst_validator.engine import Job

Command = TypeVar("Command", bound=Callable[..., Any])
PRESETS = ("full", "balanced", "gradual", "legacy", "prototype")


def run_options(command: Command) -> Command:
    """Add the options of a run."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--preset", type=click.Choice(PRESETS), help="Use this preset instead of the project's."),
    click.option(
        "--set", "assignments", multiple=True, metavar="KEY=VALUE",
        help="Set one value, such as limits.unit_tokens=900 or rules.AF107=off. May be repeated.",
    ),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
    click.option(
        "-j", "--jobs", type=click.IntRange(0), default=0, show_default="one a processor",
        help="How many processes judge.",
    ),
    click.option("--no-cache", is_flag=True, help="Judge every file again and keep nothing."),
)  # fmt: skip


def job_of(
    paths: Sequence[str],
    preset: str | None,
    assignments: Sequence[str],
    isolated: bool,
    jobs: int,
    no_cache: bool,
) -> Job:
    """The job that the options describe; raises `click.UsageError` for what cannot be meant."""
    from aifirst_codebase.config import find_root
    from aifirst_validator.engine import Job

    targets = [Path(path) for path in paths] or [Path()]
    for target in targets:
        if not target.exists():
            raise click.UsageError(f"{target} does not exist. Give a folder or file of your project.")
    root = find_root(targets[0].resolve())
    resolved = [target.resolve() for target in targets]
    for target in resolved:
        if not target.is_relative_to(root):
            raise click.UsageError(
                f"{target} is outside {root}, the project of {targets[0]}. Judge one project at a time."
            )
    chosen = () if any(target == root for target in resolved) else tuple(resolved)
    return Job(root, chosen, overrides_of(preset, assignments), isolated, jobs, not no_cache)


def overrides_of(preset: str | None, assignments: Sequence[str]) -> dict[str, object]:
    """The settings given on the command line, by dotted key."""
    from aifirst_codebase.config import ConfigError, parse_assignment

    overrides: dict[str, object] = {"preset": preset} if preset else {}
    for assignment in assignments:
        try:
            key, value = parse_assignment(assignment)
        except (ConfigError, ValueError) as error:
            raise click.UsageError(f"--set {assignment}: {error}") from error
        overrides[key] = value
    return overrides

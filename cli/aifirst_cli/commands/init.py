"""`aifirst init`: sets a project up without overwriting anything."""

from __future__ import annotations

import click

from aifirst_cli.run_options import PRESETS


@click.command("init")
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--preset", type=click.Choice(PRESETS), default="balanced", show_default=True,
    help="How much to ask of the code; full is the whole philosophy, legacy the least.",
)  # fmt: skip
@click.option(
    "--baseline", is_flag=True, help="Judge the project now and keep what is found as the baseline."
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def command(path: str, preset: str, baseline: bool, dry_run: bool, force: bool) -> None:
    """Set a project up: settings, pre-commit, CI, editor.

    Writes aifirst.toml, a pre-commit hook, a GitHub workflow and a recommendation for VS Code to the folder
    PATH (this one, if none is given), each only where there is none. What is there is kept; the lines to add
    by hand are shown instead. An old codebase starts with --baseline: what is found today is known, only
    what is new is told.

    \b
    aifirst init --dry-run               see what it would write
    aifirst init                         a new project
    aifirst init --baseline              an old one
    aifirst init --preset full           every rule from the first day
    """
    from pathlib import Path

    from aifirst_cli.project_setup import set_up
    from aifirst_cli.run_options import current_folder

    root = (current_folder() / Path(path)).resolve()
    for line in set_up(root, preset, baseline=baseline, dry_run=dry_run, force=force):
        click.echo(line)

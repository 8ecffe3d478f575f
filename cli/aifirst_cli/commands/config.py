"""`aifirst config`: the effective settings and where each comes from."""

from __future__ import annotations

import click

from aifirst_cli.command_group import CommandGroup
from aifirst_cli.run_options import PRESETS, RunOptions


@click.group("config", cls=CommandGroup, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show the effective settings and where each comes from.

    Without a command it is `aifirst config show`.

    \b
    aifirst config                      every setting of this project
    aifirst config show --changed       what differs from the defaults, and where it is set
    aifirst config show src/app.py      what holds for one file
    aifirst config schema > aifirst.schema.json
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@command.command("show")
@click.argument("path", required=False, type=click.Path())
@click.option("-f", "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="For a person, or for a program.")  # fmt: skip
@click.option("--changed", is_flag=True, help="Only what differs from the built-in defaults.")
@click.option("--preset", type=click.Choice(PRESETS), help="Use this preset instead of the project's.")
@click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Set one value. May be repeated."
)
def show(
    path: str | None, shape: str, changed: bool, preset: str | None, assignments: tuple[str, ...]
) -> None:
    """Show every setting, its value and the file and line it comes from.

    With PATH, the settings of that file: folder settings, patterns and its own directives included.

    \b
    aifirst config show                      every setting of this project
    aifirst config show --changed            what differs from the defaults
    aifirst config show src/app.py           what holds for one file
    aifirst config show --preset full        what a preset would bring
    """
    from aifirst_cli.settings_table import settings_table

    click.echo(settings_table(path, shape, changed, RunOptions(preset, assignments)))


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of aifirst.toml.

    Editors complete and check the file with it.
    """
    import msgspec
    from aifirst_codebase.config import settings_schema

    click.echo(msgspec.json.format(msgspec.json.encode(settings_schema()), indent=2).decode())

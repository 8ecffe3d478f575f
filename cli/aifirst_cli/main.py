"""The entry point: the group of commands, and the two edges where an error becomes one clear line.

Commands are found by name in a table and imported when asked for, so that `aifirst --help` starts fast.
Exit codes: 0 clean, 1 findings, 2 wrong use or failure, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final, cast

import click

COMMANDS: Final[dict[str, str]] = {
    "check": "Judge a project and show it on one screen: the place to start.",
    "validate": "Tell every finding, in the format a person or a program reads.",
    "report": "Write the report as one HTML page with charts.",
    "init": "Set a project up: settings, pre-commit, CI, editor.",
    "config": "Show the effective settings and where each comes from.",
    "rules": "List the rules, or explain one.",
    "doctor": "Say whether this installation and project are in order.",
    "completion": "Print the completion script for a shell.",
}
"""The commands in the order `--help` shows them; the text is the first line of each one's own help."""

_EPILOG = """\b
Start here:
  aifirst check                 judge this project, one screen
  aifirst validate src --fix    every finding under src, mending what is safe to mend
  aifirst validate --diff main  only what your branch changed, with the edit rules
  aifirst report -o page.html   the report to read in a browser
\b
It works on any repository: no model, no server, no network, no settings needed."""


class _Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        return cast("click.Command", import_module(f"aifirst_cli.commands.{cmd_name}").command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, with the nearest name in the error for one that is not there."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"there is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from aifirst_codebase import __version__

        click.echo(f"aifirst {__version__}")
        ctx.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
    help="Show the version and stop.",
)  # fmt: skip
def cli() -> None:
    """Keep a codebase in the shape that language models read and edit well.

    aifirst measures units in tokens, checks comments, tickets and tags, guards edits, and says what to do
    next.
    """


def main() -> None:
    """Run the command line; every failure ends in one line that says the next step."""
    try:
        code = cli.main(prog_name="aifirst", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrupted. What was finished is kept; the next run goes on from there.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        click.echo(f"Error: {_told(error)}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _told(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    if error.errno == 28:  # ENOSPC
        return f"{where}{reason}. Free some space and run it again; nothing was lost."
    return f"{where}{reason}."

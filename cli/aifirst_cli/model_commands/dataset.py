"""`aifirst model dataset`: the group of what is done with data to train on; each command is imported when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

import click

from aifirst_cli.command_group import CommandGroup

COMMANDS: Final[dict[str, str]] = {
    "make": "Make a dataset of projects: collect, pairs, divide, deduplicate, mix.",
    "report": "Show what a dataset holds and what each step of its making did.",
    "check": "Check that a dataset is whole, without secrets, and divided cleanly.",
    "mix": "Make one dataset of several, every sample in the split it had.",
    "split": "Cut a file of samples into chunks by count or by size.",
    "aiccl": "Make proved pairs of code and AICCL, both ways, from projects.",
    "prove": "Prove every AICCL pair of a dataset again: read, expand, compare.",
    "try": "Ask a model the questions of AICCL pairs, and judge its answers by the parser.",
    "rejudge": "Judge answers again, and say how far a model that judges can be trusted.",
    "critique": "Have a model criticise and mend its failed answers; the parser judges what comes of it.",
}
"""The commands in the order `--help` shows them; the text is the first line of each one's own help."""


class _DatasetCommands(CommandGroup):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"aifirst_cli.model_commands.dataset_{cmd_name.replace('-', '_')}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("dataset", cls=_DatasetCommands)
def command() -> None:
    """Make data to train on from projects and documents, and see what is in it.

    Licences and secrets are looked at first, and nothing leaves this machine.

    \b
    aifirst model dataset make ~/src/one ~/src/two -o data
    aifirst model dataset report data
    """

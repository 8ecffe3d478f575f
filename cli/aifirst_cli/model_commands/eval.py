"""`aifirst model eval`: the group of evaluations; each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

import click

from aifirst_cli.command_group import CommandGroup

COMMANDS: Final[dict[str, str]] = {
    "humaneval": "Test a model's answers to HumanEval: pass@k, in the sandbox.",
    "mbpp": "Test a model's answers to MBPP: pass@k, in the sandbox.",
    "style": "Say how much of what a model wrote keeps to the style.",
    "aiccl": "Say how good the AICCL is that a model writes and reads.",
    "hotpot": "Say how well what a question needs is found, and answered from that.",
    "perplexity": "Say how surprised a model is by text, per token and per byte.",
    "speed": "Say how fast a model answers, and what memory it takes.",
    "calibration": "Say how far a model's confidence can be believed, as it is and scaled.",
    "compare": "Compare two results of one evaluation, item by item.",
    "gate": "Fail where a result is worse than the baseline, for CI.",
}
"""The evaluations in the order `--help` shows them; the text is the first line of each one's own help."""


class _Evaluations(CommandGroup):
    """Imports an evaluation when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The evaluation called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"aifirst_cli.model_commands.eval_{cmd_name}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("eval", cls=_Evaluations)
def command() -> None:
    """Say how good a model is, compare two, and keep CI from getting a worse one.

    Suites are given by path and nothing is downloaded. What a model wrote runs in the sandbox only.

    \b
    aifirst model eval humaneval HumanEval.jsonl.gz --url http://127.0.0.1:8080/v1 --model coder --out runs/a
    aifirst model eval compare runs/a runs/b
    """

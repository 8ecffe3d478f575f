"""`aifirst model eval mbpp`."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.model_commands.eval_suite_options import suite_options


@click.command("mbpp")
@suite_options
@click.option(
    "--split",
    type=click.Choice(("test", "validation", "train", "prompt", "all")),
    default="test",
    show_default=True,
    help="By task number, as the paper splits it.",
)
@click.option("--shots", type=click.IntRange(0, 3), default=0, show_default=True, metavar="N",
              help="Show tasks 2, 3 and 4 solved, in the paper's words; base models only.")  # fmt: skip
def command(**options: Any) -> int:
    """Test a model's answers to MBPP: pass@k, in the sandbox.

    FILE is mbpp.jsonl or sanitized-mbpp.json. Everything else is as for humaneval.

    \b
    aifirst model eval mbpp mbpp.jsonl --backend llama-cpp --model coder.gguf --shots 3 --out runs/a

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted: the same command goes on.
    """
    from aifirst_cli.model_commands.eval_suite_run import run_suite_command

    return run_suite_command("mbpp", options)

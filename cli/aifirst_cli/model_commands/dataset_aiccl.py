"""`aifirst model dataset aiccl`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.dataset_options import licence_options, result_format
from aifirst_cli.number_range import NumberRange


@click.command("aiccl")
@click.argument("projects", nargs=-1, required=True, metavar="PROJECT...", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="Where the dataset goes; DIR.work keeps what was made of each file.")  # fmt: skip
@click.option("--target", type=click.IntRange(1), default=20_000, show_default=True, metavar="N",
              help="How many pairs, shared out over seven languages.")  # fmt: skip
@click.option("--threshold", type=NumberRange(0, 1), default=0.85, show_default=True, metavar="Q",
              help="The least quality of a pair (docs/aiccl_models.md has the formula).")  # fmt: skip
@licence_options
@click.option("--most-tokens", type=click.IntRange(100), default=1200, show_default=True, metavar="N",
              help="The most tokens that a function has; question and answer stand in one context.")  # fmt: skip
@result_format
def command(**options: Any) -> int:
    """Make proved pairs of code and AICCL, both ways, from projects.

    Files are cut into functions, classes and small files; each piece is written as AICCL by the compiler, read back, and
    compared by its syntax tree. What fails a proof, repeats another or is below the quality is left out and counted.
    No project stands in two splits. Interrupted, the same command goes on where it was.

    \b
    aifirst model dataset aiccl ~/src/* -o aiccl-pairs --target 20000
    aifirst model dataset prove aiccl-pairs

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.model_commands.aiccl_run import run_pairs_command

    return run_pairs_command(options)

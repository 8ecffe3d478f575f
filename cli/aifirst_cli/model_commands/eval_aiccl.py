"""`aifirst model eval aiccl`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.eval_options import model_options, output_options, saving_option

_PATH = click.Path(exists=True, path_type=Path)


@click.command("aiccl")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=_PATH)
@click.option(
    "--tests",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="HumanEval's file: its own solutions have to pass after the round trip.",
)
@click.option("--first", type=click.IntRange(1), metavar="N", help="The first N pieces and problems only.")
@click.option(
    "-r",
    "--resolution",
    type=click.Choice(("exact", "medium", "low")),
    default="exact",
    show_default=True,
    help="What is written, and what is given to expand.",
)
@click.option(
    "--keep",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep a model's answers there; a run that was interrupted goes on from them.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(1),
    default=2048,
    show_default=True,
    metavar="N",
    help="Of one answer of a model.",
)
@click.option(
    "--sandbox",
    type=click.Choice(("auto", "bubblewrap", "container", "unsafe")),
    default="auto",
    show_default=True,
    help="unsafe confines nothing: what the model wrote runs as you.",
)
@model_options
@saving_option
@output_options  # fmt: skip
def command(**options: Any) -> int:
    """Say how good the AICCL is that a model writes and reads.

    PATH is a file or a folder of code, which is cut into functions, classes and small files. Told are compression, how
    much comes back with the same syntax tree (from the model's own document, and from one that the deterministic codec
    wrote), whether solved problems still pass their tests, and how consistent the notation is. Without an option that
    names a model it is the codec itself that is measured: the bar.

    \b
    aifirst model eval aiccl src --tests HumanEval.jsonl.gz
    aifirst model eval aiccl src --backend transformers --model checkpoints/aiccl -o aiccl.json

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_cli.model_commands.eval_aiccl_run import run_aiccl

    return run_aiccl(options)

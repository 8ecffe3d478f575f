"""`aifirst model dataset critique`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.dataset_options import result_format


@click.command("critique")
@click.argument("trials", metavar="TRIALS", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path),
              help="Where the revised trials go; what is there is not revised again.")  # fmt: skip
@click.option("--samples", metavar="FILE", type=click.Path(path_type=Path),
              help="Write pairs of those that pass now, both ways, for `dataset make --add`.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1, 16), default=2, show_default=True, metavar="N",
              help="How often an answer is criticised and written anew at most.")  # fmt: skip
@click.option("--clean", is_flag=True, help="Begin anew, without the trials that are there.")
@result_format
def command(**options: Any) -> int:
    """Have a model criticise and mend its failed answers; the parser judges what comes of it.

    TRIALS is a file of aifirst model dataset try, or its failures. Another, stronger model in AIFIRST_MODEL acts as a
    teacher. Interrupted, the same command goes on.

    \b
    aifirst model dataset critique failures/failures.jsonl -o mended.jsonl --samples mended-pairs.jsonl

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.model_commands.trials_run import run_critique

    return run_critique(options)

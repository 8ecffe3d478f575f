"""`aifirst model dataset try`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.dataset_options import result_format


@click.command("try")
@click.argument("dataset", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path),
              help="Where the trials go, a line each; what is there is not asked again.")  # fmt: skip
@click.option("--failures", metavar="FOLDER", type=click.Path(path_type=Path),
              help="Write the failures here: counts, a sample of a hundred, and samples for dpo.")  # fmt: skip
@click.option("--split", type=click.Choice(("train", "validation", "test")), default="test", show_default=True,
              help="Which samples are asked.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), metavar="N", help="At most so many. [default: all]")
@click.option("--max-tokens", type=click.IntRange(1), default=1024, show_default=True, metavar="N",
              help="The longest answer.")  # fmt: skip
@click.option("--clean", is_flag=True, help="Begin anew, without the trials that are there.")
@result_format
def command(**options: Any) -> int:
    """Ask a model the questions of AICCL pairs, and judge its answers by the parser.

    The model is that of AIFIRST_MODEL and what goes with it. Interrupted, the same command goes on.

    \b
    aifirst model dataset try aiccl-pairs -o trials.jsonl --failures failures

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.model_commands.trials_run import run_try

    return run_try(options)

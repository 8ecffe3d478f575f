"""`aifirst model dataset rejudge`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.dataset_options import result_format


@click.command("rejudge")
@click.argument("trials", metavar="TRIALS", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path),
              help="Where the trials with the further verdicts go; what is there is not judged again.")  # fmt: skip
@click.option("--by", type=click.Choice(("codec", "model", "both")), default="both", show_default=True,
              help="The parser, which decides; the model of AIFIRST_MODEL; or both, to compare them.")  # fmt: skip
@click.option("--clean", is_flag=True, help="Begin anew, without the verdicts that are there.")
@result_format
def command(**options: Any) -> int:
    """Judge answers again, and say how far a model that judges can be trusted.

    TRIALS is a file of aifirst model dataset try, or its failures. How often the model fails what the parser passes, and
    passes what it fails, is counted. Interrupted, the same command goes on.

    \b
    aifirst model dataset rejudge failures/failures.jsonl -o judged.jsonl

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.model_commands.trials_run import run_rejudge

    return run_rejudge(options)

"""`aifirst model dataset mix`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.dataset_options import making_options


@click.command("mix")
@click.argument("datasets", nargs=-1, required=True, metavar="DATASET...", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="Where the dataset goes; a dataset that is there is replaced.")  # fmt: skip
@making_options
def command(**options: Any) -> int:
    """Make one dataset of several, every sample in the split it had.

    What repeats another is left out, from validation and test first. Shares are those of training.

    \b
    aifirst model dataset mix code aiccl principles -o all --shares ai-first
    aifirst model dataset mix data -o smaller --shares fill=70,docstring-to-body=30 --total 5000

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted.
    """
    from aifirst_cli.model_commands.dataset_run import run_mix

    return run_mix(options)

"""`aifirst model dataset prove`."""

from __future__ import annotations

from pathlib import Path

import click

from aifirst_cli.model_commands.dataset_options import result_format


@click.command("prove")
@click.argument("dataset", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@result_format
def command(dataset: Path, shape: str) -> int:
    """Prove every AICCL pair of a dataset again: read, expand, compare.

    At exact the syntax trees have to be equal; at low and medium the code has to be told in the same lines.

    Exit code: 0 all proved, 1 a proof failed, 2 wrong use or failure.
    """
    from aifirst_cli.model_commands.aiccl_run import run_prove

    return run_prove(dataset, shape)

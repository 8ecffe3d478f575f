"""The index of the project, made current before it is asked."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aifirst_cli.index_run import tell_waiting
from aifirst_cli.progress import progress_bar


def single_threaded_arrays() -> None:
    """Keep NumPy from starting threads, which for the small products of one question cost more than they save.

    To be called before NumPy is imported; who set the variable is not overruled.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def update_index(root: Path) -> None:
    """Bring the index up to date; a bar on standard error where that takes more than a second."""
    from aifirst_memory.update import UpdateRequest, update_memory

    with progress_bar("Indexing") as progress:
        report = update_memory(UpdateRequest(root, jobs=0), progress, tell_waiting)
    if report.rebuilt:
        click.echo(f"aifirst: the index was made anew: {report.rebuilt}", err=True)

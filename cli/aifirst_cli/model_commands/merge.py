"""`aifirst model merge`: make one model of an adapter and its base."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("merge")
@click.argument("adapter", type=click.Path(path_type=Path))
@click.option("--base", help="The checkpoint it is for.  [default: the one it was trained on]")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The model's folder, new or empty.",
)
def command(adapter: Path, base: str | None, out: Path) -> None:
    """Make a model of its own of an ADAPTER and its base.

    The tokenizer that the adapter was trained with goes along. ADAPTER is the folder result/ of a run, or the run's own.

    \b
    aifirst model merge run/result -o merged
    """
    from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
    from aifirst_model.training.merge_adapter import find_base, merge_adapter

    folder = adapter / "result" if (adapter / "run.json").is_file() else adapter
    merged = merge_adapter(
        folder.absolute(), open_checkpoint(base) if base else find_base(folder), out.absolute()
    )
    click.echo(f"Merged: {merged}")

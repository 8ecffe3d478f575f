"""`aifirst model dataset split`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.model_commands.dataset_options import result_format

if TYPE_CHECKING:
    from aifirst_model.dataset.chunks import ChunkSettings, ChunkSummary

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgG]?)[bB]?\Z")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def _size(_: click.Context, __: click.Parameter, value: str | None) -> int:
    """Bytes of `25MB`, 0 for none."""
    if value is None:
        return 0
    found = _SIZE.match(value.strip())
    size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    if size < 1:
        raise click.BadParameter(f"{value!r} is no size. Give one such as 25MB.")
    return size


@click.command("split")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path),
              help="Where the chunks go: a folder that is new or empty.")  # fmt: skip
@click.option("--count", type=click.IntRange(1), metavar="N", help="Samples a chunk.")
@click.option("--size", callback=_size, metavar="SIZE", help="The most a chunk has, such as 25MB.")
@click.option(
    "--strict/--no-strict",
    default=True,
    show_default=True,
    help="Stop at a line that is no sample and no trial, or pass it over.",
)
@click.option(
    "--id-every",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Put the id of every N-th line into the summary.",
)
@result_format
def command(source: Path, out: Path, **options: Any) -> int:
    """Cut a file of samples into chunks by count or by size.

    FILE is JSON lines, or a dataset, of which every split is cut. Lines go through as they are; summary.json names every
    chunk with its lines and its sum.

    \b
    aifirst model dataset split data/train.jsonl --size 25MB -o chunks
    aifirst model dataset split failures/failures.jsonl --count 7 -o batches

    Exit code: 0 done, 2 wrong use or failure.
    """
    import msgspec
    from aifirst_model.dataset.chunks import ChunkSettings

    from aifirst_cli.output import write_output
    from aifirst_cli.progress import progress_bar

    settings = ChunkSettings(options["count"] or 0, options["size"], options["strict"], options["id_every"])
    with progress_bar("cutting") as update:
        summaries = _cut(source, out, settings, update)
    if options["shape"] == "json":
        whole = {"version": 1, "files": summaries}
        write_output(msgspec.json.encode(whole).decode() + "\n", None, for_programs=True)
        return 0
    for summary in summaries:
        over = f", {summary.passed_over:,} lines passed over" if summary.passed_over else ""
        click.echo(f"{summary.source}: {summary.samples:,} samples in {len(summary.chunks):,} chunks{over}")
        for sentence in summary.told:
            click.echo(f"  {sentence}")
    return 0


def _cut(
    source: Path, out: Path, settings: ChunkSettings, update: Callable[[int, int], None] | None
) -> list[ChunkSummary]:
    """Cut a file, or every split of a dataset that has samples, into a folder of its own."""
    from aifirst_model.dataset.chunks import cut_file, cut_files
    from aifirst_model.dataset.folder import open_dataset
    from aifirst_model.dataset.record import SPLITS

    def told(done: int) -> None:
        if update is not None:
            update(done, done)

    if not source.is_dir():
        return [cut_file(source, out, settings, told)]
    dataset = open_dataset(source)
    return cut_files(
        {split: dataset.path(split) for split in SPLITS if dataset.count(split)}, out, settings, told
    )

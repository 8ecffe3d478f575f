"""`aifirst expand`: files out of AICCL."""

from __future__ import annotations

import click


@click.command("expand")
@click.argument("document", metavar="FILE", type=click.Path(allow_dash=True))
@click.option("-o", "--output", metavar="DIR", type=click.Path(file_okay=False),
              help="Write the files below DIR; without it, they are shown one after another.")  # fmt: skip
@click.option("--map", "maps", multiple=True, metavar="FILE", type=click.Path(dir_okay=False),
              help="A map that the document needs and does not hold, such as .aifirst/aiccl.map.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="How they are shown.")  # fmt: skip
def command(document: str, output: str | None, maps: tuple[str, ...], overwrite: bool, shape: str) -> int:
    """Expand an AICCL document into its files, exactly.

    FILE is a document of aifirst compress at the resolution exact, or `-` for standard input. It is read by its
    grammar alone: no model, no guess. Nothing is written outside DIR, and nothing that is there is replaced unless
    --overwrite says so.

    \b
    aifirst expand shop.aiccl -o restored
    aifirst expand - < answer.aiccl

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_cli.expand_run import run

    return run(document, output, maps, overwrite=overwrite, shape=shape)

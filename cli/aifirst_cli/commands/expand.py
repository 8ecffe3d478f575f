"""`aifirst expand`: files out of AICCL."""

from __future__ import annotations

import click


@click.command("expand")
@click.argument("document", metavar="FILE", type=click.Path(allow_dash=True))
@click.option("-o", "--output", metavar="DIR", type=click.Path(file_okay=False),
              help="Write the files below DIR; without it, they are shown one after another.")  # fmt: skip
@click.option("--map", "maps", multiple=True, metavar="FILE", type=click.Path(dir_okay=False),
              help="A map that the document needs and does not hold, such as .aifirst/aiccl.map.")  # fmt: skip
@click.option("--merge", "original", metavar="ORIGINAL", type=click.Path(dir_okay=False),
              help="FILE is an edited copy of ORIGINAL (low, medium, outline): make the edits in code.")  # fmt: skip
@click.option(
    "--write", is_flag=True, help="With --merge: write the files; without it, the difference is shown."
)
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="How they are shown.")  # fmt: skip
def command(
    document: str,
    output: str | None,
    maps: tuple[str, ...],
    original: str | None,
    write: bool,
    overwrite: bool,
    shape: str,
) -> int:
    """Give back the code of an AICCL document, or merge an edit of one.

    FILE is a document of aifirst compress at the resolution exact, or `-` for standard input. It is read by its
    grammar alone: no model, no guess. Nothing is written outside DIR, and nothing that is there is replaced unless
    --overwrite says so.

    \b
    aifirst expand shop.aiccl -o restored
    aifirst expand - < answer.aiccl

    With --merge, what was edited in a document of signatures or key lines is made in the files of this project,
    unit by unit: names, parameters, results, decorators, documentation and key lines, units added and removed. What
    cannot be made exactly, or was changed in the code too, is told as a conflict with both sides and is not made.
    Who uses what got another name is not changed.

    \b
    aifirst compress src -r low --entries 0 -o shop.aiccl
    aifirst expand edited.aiccl --merge shop.aiccl --write

    Exit code: 0 done, 1 merged with conflicts, 2 wrong use or failure.
    """
    if original is not None:
        if output is not None or overwrite:
            raise click.UsageError(
                "--merge changes the files of this project: leave --output and --overwrite out."
            )
        from aifirst_cli.merge_run import MergeRun, run_merge

        return run_merge(MergeRun(document, original, maps, write, shape))
    if write:
        raise click.UsageError("--write is for --merge. To write files, give their folder with --output.")
    from aifirst_cli.expand_run import run

    return run(document, output, maps, overwrite=overwrite, shape=shape)

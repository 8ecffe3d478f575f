"""`aifirst expand`: files out of AICCL."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.option_list import with_options

_OPTIONS = (
    click.argument("document", metavar="FILE", type=click.Path(allow_dash=True)),
    click.option("-o", "--output", metavar="DIR", type=click.Path(file_okay=False),
                 help="Write the files below DIR; without it, they are shown one after another."),
    click.option("--map", "maps", multiple=True, metavar="FILE", type=click.Path(dir_okay=False),
                 help="A map that the document needs and does not hold, such as .aifirst/aiccl.map."),
    click.option("--merge", "original", metavar="ORIGINAL", type=click.Path(dir_okay=False),
                 help="FILE is an edited copy of ORIGINAL (low, medium, outline): make the edits in code."),
    click.option("--write", is_flag=True,
                 help="With --merge: write the files; without it, the difference is shown."),
    click.option("--model", "by_model", is_flag=True,
                 help="FILE is at low or medium: have the model of AIFIRST_MODEL write the code, and judge it."),
    click.option("--tries", type=click.IntRange(1, 64), default=4, show_default=True, metavar="N",
                 help="With --model: answers that are asked for at most; the best is taken."),
    click.option("--overwrite", is_flag=True, help="Replace files that are there."),
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="How they are shown."),
)  # fmt: skip


@click.command("expand")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
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

    With --model, what a document at low or medium does not hold is written by a model. Its code is compressed again
    and compared with the document; what is met and what is unproved is said on standard error.

    \b
    aifirst expand shop.aiccl --model -o drafted

    Exit code: 0 done, 1 merged with conflicts or the model's code is told otherwise, 2 wrong use or failure.
    """
    return _chosen(**options)


def _chosen(
    *,
    document: str,
    output: str | None,
    maps: tuple[str, ...],
    original: str | None,
    write: bool,
    by_model: bool,
    tries: int,
    overwrite: bool,
    shape: str,
) -> int:
    """What the options ask for: a model's code, a merge, or the files."""
    if by_model:
        if original is not None or maps or write:
            raise click.UsageError("--model writes code anew: leave --merge, --map and --write out.")
        from aifirst_cli.model_expand_run import expand_with_model

        return expand_with_model(document, output, overwrite=overwrite, shape=shape, tries=tries)
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

"""`aifirst compress`: code as AICCL, for a prompt."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.option_list import with_options

_OPTIONS = (
    click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path()),
    click.option("-r", "--resolution", type=click.Choice(("exact", "medium", "low", "outline", "meta")),
                 default="exact", show_default=True,
                 help="All logic; key lines; what each unit does in a line; signatures; or a diagram of modules."),
    click.option("--diff", metavar="REV",
                 help="Only what changed since REV (or in A..B): changed units at exact or medium, those around them as "
                 "signatures, and a line for each file that sums it up."),
    click.option("--glue", type=click.Choice(("drop", "keep")), default="drop", show_default=True,
                 help="exact: leave comments, docstrings and layout out, or keep every character."),
    click.option("--entries", type=click.IntRange(0), metavar="N",
                 help="At most N entries in the map; 0 is none. Few are easier to read. Default: as many as pay."),
    click.option("--flat", is_flag=True, help="Use no symbols in the meanings of others."),
    click.option("--scripts", is_flag=True, help="exact: make JavaScript and TypeScript small by oxc or esbuild, too."),
    click.option("--project-map", is_flag=True,
                 help="exact: use the map in .aifirst/aiccl.map, kept current: symbols mean the same every time."),
    click.option("--model", is_flag=True,
                 help="exact: ask the model of AIFIRST_MODEL for each file too, and take its text where that is proved "
                 "to be the same program, and smaller."),
    click.option("--patterns", is_flag=True,
                 help="List the patterns that functions and classes follow, and where, in place of a document."),
    click.option("--tokenizer", type=click.Choice(("o200k_base", "cl100k_base")), default="o200k_base",
                 show_default=True, help="The tokens that count."),
    click.option("--stats", is_flag=True, help="Say what it costs on standard error."),
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="The text, or an object with the text and what it costs."),
    click.option("-o", "--output", metavar="FILE", type=click.Path(allow_dash=True),
                 help="Write to FILE, not standard output."),
)  # fmt: skip


@click.command("compress")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Write code as AICCL: a model reads it in fewer tokens.

    PATH is a file or a folder of the project; without one it is the whole project. At `exact` all logic is there and
    aifirst expand gives the files back; lower resolutions say less of more, and
    aifirst expand --merge makes in the code what was edited in one. Spelling is chosen by counted tokens, and
    the map's own cost is always counted.

    \b
    aifirst compress src/shop -o shop.aiccl       a package, with a map of what repeats
    aifirst compress src -r low                   what every unit calls, changes and raises
    aifirst compress src -r outline               the signatures of all units
    aifirst compress --diff main...               what a branch changes
    aifirst compress -r meta                      modules and what uses what, as Mermaid
    aifirst compress src --stats >/dev/null       what it saves

    Exit code: 0 written, 2 wrong use or failure.
    """
    from aifirst_cli.compress_run import CompressRun, run

    return run(CompressRun(**options))

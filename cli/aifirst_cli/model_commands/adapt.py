"""`aifirst model adapt`: a completer for one project, by one command."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.number_range import NumberRange
from aifirst_cli.option_list import with_options

_OPTIONS = (
    click.argument("project", metavar="PROJECT", type=click.Path(exists=True, file_okay=False)),
    click.option("--base", required=True, metavar="MODEL",
                 help="The checkpoint to adapt: a folder, or a hub's name in the cache of this machine."),
    click.option("-o", "--output", required=True, metavar="DIR", type=click.Path(file_okay=False),
                 help="Where all of it goes; a work that was stopped there is gone on with."),
    click.option("--kind", default="Q8_0", show_default=True, metavar="KIND",
                 help="Of the GGUF file: F16, BF16, F32, Q8_0, Q5_K_M or Q4_K_M."),
    click.option("--steps", type=click.IntRange(1), metavar="N", help="Of training. Default: twice through the samples."),
    click.option("--batch", type=click.IntRange(1), metavar="N", help="Samples a step. Default: 4."),
    click.option("--length", type=click.IntRange(64), metavar="N", help="Tokens of a sample. Default: 1024."),
    click.option("--rank", type=click.IntRange(1, 4096), metavar="N", help="Of the adapter. Default: 16."),
    click.option("--learning-rate", type=NumberRange(0, 1, min_open=True), metavar="X", help="Default: 0.0002."),
    click.option("--lines", type=click.IntRange(20, 100_000), default=300, show_default=True, metavar="N",
                 help="Held-out lines to measure on, at most."),
    click.option("--threads", type=click.IntRange(1), metavar="N", help="To measure with; default: one a core."),
    click.option("--yes", "anyway", is_flag=True, help="Start though the estimate says that it does not fit."),
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="How it is told."),
)  # fmt: skip


@click.command("adapt")
@with_options(_OPTIONS)
def command(**options: Any) -> int:
    """Adapt a model that fills gaps to your own project, and say whether that was worth it.

    Collects gaps from PROJECT, trains a LoRA adapter on them, merges it, writes GGUF, and completes lines of files that
    were held out: by the base, by the adapted model, and by looking the line's beginning up in the project, which needs
    no model. What is better, base or adapted, is kept.

    \b
    aifirst model adapt . --base Qwen/Qwen2.5-Coder-0.5B -o ../my-completer
    aifirst model serve ../my-completer/adapted.Q8_0.gguf

    The base has to have tokens for a gap, as Qwen2.5-Coder has. Nothing leaves this machine. On a machine without a GPU
    take a small base and --steps.

    Exit code: 0 done, 2 wrong use or failure, 130 stopped by Ctrl-C; the same command goes on.
    """
    from aifirst_cli.model_commands.adapt_run import run_adapt

    return run_adapt(**options)

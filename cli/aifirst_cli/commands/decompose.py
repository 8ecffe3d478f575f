"""`aifirst decompose`: a function that is too large, in parts."""

from __future__ import annotations

import click

_MOST_TOKENS = 100_000


@click.command("decompose")
@click.argument("target", metavar="FILE[::UNIT]")
@click.option("--write", is_flag=True, help="Change the file; without it, the difference is shown.")
@click.option("--limit", type=click.IntRange(30, _MOST_TOKENS), metavar="TOKENS",
              help="Tokens a function may have. Default: limits.unit_tokens of the settings.")  # fmt: skip
@click.option(
    "--partial", is_flag=True, help="Take out what can be, also where the function stays over the limit."
)
@click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="How it is told.")  # fmt: skip
def command(target: str, write: bool, limit: int | None, partial: bool, shape: str) -> int:
    """Split a function that is too large into smaller ones, proved to do the same.

    Statements that belong together become a function of their own: step comments and paragraphs say where to cut,
    control flow and data flow whether it can be done. What cannot be proved is refused, with the reason and the line.
    No model is asked. UNIT is a function's qualified name, such as Shop.checkout, or :LINE; without it, every function
    of the file that is over the limit is split. Python only.

    \b
    aifirst decompose src/shop.py::Shop.checkout           show how it would be split
    aifirst decompose src/shop.py::Shop.checkout --write   split it
    aifirst decompose src/shop.py --limit 500              all functions over 500 tokens

    Exit code: 0 done or nothing to do, 1 a function is refused, 2 wrong use or failure.
    """
    from aifirst_cli.decompose_run import DecomposeRun, run

    return run(DecomposeRun(target, write, limit, partial, shape))

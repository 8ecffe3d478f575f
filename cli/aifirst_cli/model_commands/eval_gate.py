"""`aifirst model eval gate`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from aifirst_cli.failure import Failure
from aifirst_cli.model_commands.eval_options import output_options


@click.command("gate")
@click.argument("run", metavar="RUN", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The result to compare with.",
)
@click.option("--update", is_flag=True, help="Make this result the baseline, whatever it is.")
@click.option(
    "--tolerance",
    "tolerances",
    multiple=True,
    metavar="FIGURE=N",
    help="How much worse it may be, in its own unit; may be repeated.",
)
@click.option("--at-least", multiple=True, metavar="FIGURE=N", help="What it has to reach; may be repeated.")
@click.option("--at-most", multiple=True, metavar="FIGURE=N", help="What it may not exceed; may be repeated.")
@click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="Whatever is worse than its tolerance fails, by chance or not.",
)
@output_options  # fmt: skip
def command(run: Path, baseline: Path | None, update: bool, shape: Any, **bounds: Any) -> int:
    """Fail where a result is worse than the baseline, for CI.

    RUN is the folder of a run, or a file that --out wrote. A figure over items fails where the whole 95 % interval of
    its loss lies beyond the tolerance (default 0); another one where it is worse by more than 5 % of the baseline.

    \b
    aifirst model eval gate runs/now --baseline evaluation.json --update     once, and commit the file
    aifirst model eval gate runs/now --baseline evaluation.json --at-least pass@1=0.8

    Exit code: 0 nothing got worse, 1 something did, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.gate import Bounds, check_gate, show_gate
    from aifirst_model.evaluation.result import read_result, write_result

    asked = Bounds(
        _named(bounds["tolerances"]),
        _named(bounds["at_least"]),
        _named(bounds["at_most"]),
        bounds["is_strict"],
    )
    result = read_result(run)
    if update:
        if baseline is None:
            raise click.UsageError("say which file is the baseline. Give --baseline FILE.")
        try:
            write_result(result, baseline)
        except OSError as error:
            raise Failure(
                f"{baseline} cannot be written ({error.strerror}). Give another --baseline."
            ) from error
    elif baseline is None and not (asked.at_least or asked.at_most):
        raise click.UsageError(
            "there is nothing to hold it to. Give --baseline FILE, --at-least or --at-most."
        )
    if baseline is not None and not baseline.exists():
        raise Failure(f"there is no baseline {baseline}. Write it with --update, and commit it.")
    outcome = check_gate(result, read_result(baseline) if baseline is not None else None, asked)
    click.echo(show_gate(outcome, shape))
    return 0 if outcome.is_passed else 1


def _named(texts: Iterable[str]) -> dict[str, float]:
    """Figures and numbers; raises `click.UsageError`."""
    named: dict[str, float] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        try:
            named[name.strip().replace(" ", "_")] = number = float(value)
        except ValueError:
            number = math.nan
        if not name or not math.isfinite(number):
            raise click.UsageError(f"{text!r} is no figure with a number. Give one like pass@1=0.8.")
    return named

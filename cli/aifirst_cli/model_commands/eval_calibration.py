"""`aifirst model eval calibration`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.eval_options import output_options, saving_option


@click.command("calibration")
@click.argument("source", metavar="RUN|FILE", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--confidence",
    "taken",
    type=click.Choice(("mean", "sequence")),
    default="mean",
    show_default=True,
    help="Of a run: the geometric mean of the tokens' probabilities, or the whole answer's.",
)
@click.option(
    "--bins",
    type=click.IntRange(2, 100),
    default=15,
    show_default=True,
    metavar="N",
    help="Of the calibration error.",
)
@saving_option
@output_options  # fmt: skip
def command(source: Path, taken: Any, bins: int, out: Path | None, shape: str) -> int:
    """Say how far a model's confidence can be believed, as it is and scaled.

    RUN is the folder of a humaneval or mbpp run with a model that tells log-probabilities; FILE has lines like
    {"confidence": 0.8, "correct": true}. Temperature and Platt scaling are fitted on one half of the problems; all
    figures are of the other half.

    \b
    aifirst model eval calibration runs/a
    aifirst model eval calibration guesses.jsonl --format markdown

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.calibration_result import calibration_result, read_guesses

    from aifirst_cli.model_commands.eval_options import tell_result

    subject, guesses = read_guesses(source, taken)
    about = {"confidence": taken} if source.is_dir() else {}
    tell_result(calibration_result(subject, guesses, bins, about), shape, out)
    return 0

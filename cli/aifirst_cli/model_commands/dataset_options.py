"""Options that the commands of datasets share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from aifirst_cli.number_range import NumberRange
from aifirst_cli.option_list import with_options

result_format: Final = click.option(
    "-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How the result is printed.",
)  # fmt: skip

licence_options: Final = with_options((
    click.option("--own", is_flag=True, help="The projects are your own: take every licence, and none."),
    click.option(
        "--licences", metavar="LIST", help="SPDX ids that may be learned from instead of the permissive ones."
    ),
))  # fmt: skip
"""What may be learned from."""

making_options: Final = with_options((
    click.option("--shares", metavar="SHARES", help="The mix of training: ai-first (examples 50, principles 20, patterns "
                 "20, context 10), or part=number,… of those parts or tasks."),
    click.option("--total", type=click.IntRange(1), metavar="N", help="How many samples the mix has. [default: as "
                 "many as the shares allow]"),
    click.option("--most-repeats", type=click.IntRange(1), metavar="N",
                 help="How often one sample may stand in training, for shares that are short. [default: 1]"),
    click.option("--jaccard", type=NumberRange(0, 1, min_open=True), metavar="J",
                 help="From which likeness on two samples are near duplicates. [default: 0.8]"),
    click.option("--exact-only", is_flag=True, help="Leave only exact duplicates out; needs no extra package."),
    click.option("--benchmark", "benchmarks", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
                 help="Leave samples out that hold its problems: HumanEval, MBPP; again for more."),
    click.option("--config", metavar="FILE", type=click.Path(path_type=Path),
                 help="Settings in TOML; options given here come over them."),
    result_format,
))  # fmt: skip
"""The options of a command that ends with a new dataset."""


def listed(text: str | None) -> list[str] | None:
    """The words of a list with commas, None where the option was not given."""
    return None if text is None else [word.strip() for word in text.split(",") if word.strip()]

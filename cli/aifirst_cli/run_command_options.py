"""The options that `aifirst generate` and `aifirst agent` have in common: what a run may use, and how it is shown."""

from __future__ import annotations

from typing import Final

import click

from aifirst_cli.number_range import NumberRange

SANDBOXES: Final = ("auto", "bubblewrap", "container", "unsafe")

LIMITS: Final = (
    click.option("--max-calls", type=click.IntRange(1), metavar="N", help="Stop before more calls of models."),
    click.option(
        "--max-tokens", type=click.IntRange(1), metavar="N", help="Stop before more tokens, prompts and answers."
    ),
    click.option(
        "--max-seconds", type=NumberRange(0, min_open=True), metavar="S", help="Stop after so long."
    ),
    click.option(
        "--max-cost", type=NumberRange(0, min_open=True), metavar="M",
        help="Stop before it costs more; needs --price.",
    ),
    click.option(
        "--price", type=NumberRange(0), nargs=2, metavar="IN OUT",
        help="What a million tokens of prompts and of answers cost.",
    ),
)  # fmt: skip

SHOWN: Final = (
    click.option(
        "--replay", is_flag=True, help="Show the saved run step by step; nothing is asked, run or written."
    ),
    click.option("--step", type=click.IntRange(1), metavar="N", help="With --replay: this step alone, whole."),
    click.option("--plain", is_flag=True, help="Lines instead of a view that stays in place."),
    click.option(
        "-f", "--format", "shape", type=click.Choice(("text", "json", "events")), default="text", show_default=True,
        help="For a person, the outcome as JSON, or a line of JSON for each event.",
    ),
)  # fmt: skip

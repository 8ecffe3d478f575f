"""`aifirst model eval speed`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.model_commands.eval_options import (
    model_options,
    output_options,
    saving_option,
    settings_of,
    tell_result,
)
from aifirst_cli.number_range import NumberRange

if TYPE_CHECKING:
    from aifirst_model.evaluation.result import Result
    from aifirst_model.settings import ModelSettings


@click.command("speed")
@click.option(
    "-n",
    "--requests",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Answers that are timed, one after the other.",
)
@click.option(
    "--max-tokens", type=click.IntRange(2), default=128, show_default=True, metavar="N", help="Of one answer."
)
@click.option(
    "--prompts",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text to go on from; may be repeated. Default: four beginnings of code.",
)
@click.option(
    "--process",
    type=click.IntRange(1),
    metavar="PID",
    help="Whose memory counts, with all below it; default: this one, which holds local models.",
)
@click.option(
    "--quality",
    metavar="RUN",
    type=click.Path(exists=True, path_type=Path),
    help="A humaneval or mbpp run of the model, whose pass@1 stands beside its speed.",
)
@click.option(
    "--hour-cost",
    type=NumberRange(0),
    metavar="M",
    help="What an hour of the machine costs, power or rent: tells what a million tokens cost.",
)
@model_options
@saving_option
@output_options  # fmt: skip
def command(
    requests: int,
    max_tokens: int,
    prompts: tuple[Path, ...],
    process: int | None,
    quality: Path | None,
    hour_cost: float | None,
    **options: Any,
) -> int:
    """Say how fast a model answers, and what memory it takes.

    Time to the first token (median and 95th percentile), tokens a second from there on, the most memory. The first
    request, which loads a local model, is told apart.

    \b
    aifirst model eval speed --backend llama-cpp --model coder.gguf
    aifirst model eval speed --url http://127.0.0.1:8080/v1 --model coder --process 4242 -n 50

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.speed import PROMPTS

    settings = settings_of(options)
    texts = tuple(path.read_text("utf-8", "replace") for path in prompts) or PROMPTS
    measured = _measure(settings, texts, requests, max_tokens, process, _quality(quality), hour_cost)
    result = asyncio.run(measured)
    tell_result(result, options["shape"], options["out"])
    return 0


async def _measure(
    settings: ModelSettings,
    texts: tuple[str, ...],
    requests: int,
    max_tokens: int,
    process: int | None,
    quality: str,
    hour_cost: float | None,
) -> Result:
    from aifirst_model.evaluation.speed import speed_result
    from aifirst_model.open_model import open_model

    from aifirst_cli.progress import progress_bar

    model = open_model(settings)
    try:
        with progress_bar("Answers") as update:
            return await speed_result(
                model,
                texts,
                requests,
                max_tokens,
                update or (lambda _, __: None),
                process,
                quality,
                hour_cost,
            )
    finally:
        await model.aclose()


def _quality(run: Path | None) -> str:
    """The run's pass@1 with its interval, "" without a run."""
    if run is None:
        return ""
    from aifirst_model.evaluation.result import read_result
    from aifirst_model.evaluation.show_result import interval, number

    result = read_result(run)
    metric = result.metrics.get("pass@1")
    if metric is None:
        raise click.UsageError(f"{run} is no run of humaneval or mbpp. Give one to --quality.")
    return f"{result.kind} pass@1 {number(metric.value, '')} ({interval(metric.low, metric.high)})"

"""`aifirst model eval hotpot`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.model_commands.eval_options import (
    model_options,
    names_a_model,
    output_options,
    saving_option,
    settings_of,
    tell_result,
)

if TYPE_CHECKING:
    from aifirst_model.evaluation.hotpot import HotpotQuestion
    from aifirst_model.evaluation.result import Result
    from aifirst_model.settings import ModelSettings


@click.command("hotpot")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keep", type=click.IntRange(1), default=4, show_default=True, metavar="N",
              help="Paragraphs that are shown, of the ten of a question.")  # fmt: skip
@click.option("--first", type=click.IntRange(1), metavar="N", help="The first N questions only.")
@click.option("--max-tokens", type=click.IntRange(1), default=48, show_default=True, metavar="N",
              help="Of one answer.")  # fmt: skip
@model_options
@saving_option
@output_options
def command(file: Path, keep: int, first: int | None, max_tokens: int, **options: Any) -> int:
    """Say how well what a question needs is found, and answered from that.

    FILE is HotpotQA's (distractor setting). The paragraphs are ranked by BM25, and the likeliest are shown to the model,
    which answers in a chat; answers are compared as the paper does. Without an option that names a model only finding
    is told.

    \b
    aifirst model eval hotpot hotpot_dev_distractor_v1.json --keep 2
    aifirst model eval hotpot hotpot_dev_distractor_v1.json --first 200 --url http://127.0.0.1:8080/v1 --model qwen

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.hotpot import read_hotpot

    is_model = names_a_model(options)
    settings = settings_of(options)
    questions = read_hotpot(file)[:first]
    result = asyncio.run(_measure(settings if is_model else None, questions, keep, max_tokens))
    tell_result(result, options["shape"], options["out"])
    return 0


async def _measure(
    settings: ModelSettings | None, questions: tuple[HotpotQuestion, ...], keep: int, max_tokens: int
) -> Result:
    from aifirst_model.evaluation.hotpot_result import hotpot_result
    from aifirst_model.open_model import open_model

    from aifirst_cli.progress import progress_bar

    model = open_model(settings) if settings is not None else None
    try:
        with progress_bar("Questions") as update:
            return await hotpot_result(model, questions, keep, max_tokens, update or (lambda _, __: None))
    finally:
        if model is not None:
            await model.aclose()

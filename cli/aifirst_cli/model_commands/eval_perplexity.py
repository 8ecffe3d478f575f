"""`aifirst model eval perplexity`."""

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

if TYPE_CHECKING:
    from aifirst_model.evaluation.result import Result
    from aifirst_model.settings import ModelSettings


@click.command("perplexity")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--window",
    type=click.IntRange(16),
    metavar="N",
    help="Tokens read at once; default: 1024, or what the model has room for.",
)
@click.option(
    "--stride",
    type=click.IntRange(1),
    metavar="N",
    help="Tokens scored before the window moves on; default: half of it.",
)
@model_options
@saving_option
@output_options  # fmt: skip
def command(files: tuple[Path, ...], window: int | None, stride: int | None, **options: Any) -> int:
    """Say how surprised a model is by text, per token and per byte.

    Bits per byte compare models with different tokenizers; log loss and perplexity per token only those with the same.
    The backend has to give probabilities of a given text: transformers and llama-cpp do, and vLLM's server.

    \b
    aifirst model eval perplexity held_out/*.py --backend transformers --model checkpoints/coder

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.perplexity import read_texts

    settings = settings_of(options)
    result = asyncio.run(_measure(settings, read_texts(files), window, stride))
    tell_result(result, options["shape"], options["out"])
    return 0


async def _measure(
    settings: ModelSettings, texts: list[tuple[str, str]], window: int | None, stride: int | None
) -> Result:
    from aifirst_model.evaluation.perplexity import fit_windows, perplexity_result
    from aifirst_model.open_model import open_model

    from aifirst_cli.progress import progress_bar

    model = open_model(settings)
    try:
        windows = await fit_windows(model, window, stride)
        with progress_bar("Texts") as update:
            return await perplexity_result(model, texts, windows, update or (lambda _, __: None))
    finally:
        await model.aclose()

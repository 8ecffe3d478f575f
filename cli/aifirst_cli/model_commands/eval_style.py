"""`aifirst model eval style`."""

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
from aifirst_cli.option_list import with_options
from aifirst_cli.run_options import PRESETS

if TYPE_CHECKING:
    from aifirst_model.settings import ModelSettings


_OPTIONS = (
    click.argument("paths", nargs=-1, metavar="[RUN|PATH]...", type=click.Path(exists=True, path_type=Path)),
    click.option("--preset", type=click.Choice(PRESETS), default="balanced", show_default=True,
                 help="The rules that count."),
    click.option("--questions", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path),
                 help="A dataset whose questions the model is asked first; --write says where its answers go."),
    click.option("--write", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
                 help="The folder of answers; what is there is not asked for again."),
    click.option("--split", type=click.Choice(("train", "validation", "test")), default="test", show_default=True,
                 help="Of the dataset."),
    click.option("--task", "tasks", multiple=True, metavar="NAME",
                 help="Ask questions of this task; may be repeated. Default: those answered by whole pieces of code."),
    click.option("--first", type=click.IntRange(1), metavar="N", help="The first N questions only."),
    click.option("--max-tokens", type=click.IntRange(1), default=1024, show_default=True, metavar="N",
                 help="Of one answer."),
)  # fmt: skip


@click.command("style")
@with_options(_OPTIONS)
@model_options
@saving_option
@output_options
def command(paths: tuple[Path, ...], preset: str, out: Path | None, shape: str, **options: Any) -> int:
    """Say how much of what a model wrote keeps to the style.

    RUN is the folder of a humaneval or mbpp run, whose programs are judged; PATH is a file or a folder of generated code.
    With --questions the model is asked the questions of a dataset, and its answers are judged. Told are the share of
    files without error findings, and how much of the files is glue: 70 to 90 % is wanted. Settings files are not read.
    A finding that the file itself silences counts, and so does a file that does not parse.

    \b
    aifirst model eval style generated/ --preset full
    aifirst model eval style runs/a -o style.json
    aifirst model eval style --questions data --write answers --backend llama-cpp --model coder.gguf

    Exit code: 0 done, 2 wrong use or failure.
    """
    from aifirst_model.evaluation.style_result import read_generated, style_result

    from aifirst_cli.model_wiring.style_judge import ValidatorJudge
    from aifirst_cli.progress import progress_bar

    settings = settings_of(options)
    write: Path | None = options["write"]
    if (options["questions"] is None) != (write is None) or bool(paths) == (write is not None):
        raise click.UsageError("say what is judged. Give RUN or PATH, or --questions with --write.")
    subject = asyncio.run(_generate(settings, options)) if write is not None else ""
    generated = read_generated(paths if write is None else (write,))
    with progress_bar("Files judged") as update:
        result = style_result(ValidatorJudge(preset), generated, update or (lambda _, __: None), subject)
    tell_result(result, shape, out)
    return 0


async def _generate(settings: ModelSettings, options: dict[str, Any]) -> str:
    """Ask what is not answered yet; the model's name."""
    from aifirst_model.evaluation.generate_files import TASKS, generate_files, read_questions
    from aifirst_model.open_model import open_model

    from aifirst_cli.progress import progress_bar

    questions = read_questions(
        options["questions"], options["split"], options["tasks"] or TASKS, options["first"]
    )
    model = open_model(settings)
    try:
        with progress_bar("Answers") as update:
            folder, most = options["write"], options["max_tokens"]
            await generate_files(model, questions, folder, most, update or (lambda _, __: None))
    finally:
        await model.aclose()
    return model.name

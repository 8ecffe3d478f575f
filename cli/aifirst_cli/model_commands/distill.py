"""`aifirst model distill`: let a large model answer, so that a small one can learn its answers."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aifirst_cli.number_range import NumberRange


@click.command("distill")
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, help="The folder of the new dataset."
)
@click.option(
    "--teacher", help="A checkpoint of this machine.  [default: the model that AIFIRST_MODEL… names]"
)
@click.option("--max-tokens", type=click.IntRange(1), default=1024, show_default=True, help="Longest answer.")
@click.option(
    "--temperature", type=NumberRange(0, 2), default=0.0, show_default=True, help="0 for the likeliest."
)
@click.option(
    "--at-once", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests that run together."
)
def command(
    data: Path, out: Path, teacher: str | None, max_tokens: int, temperature: float, at_once: int
) -> None:
    """Let a teacher answer the questions of a dataset, for a student to learn.

    The teacher is a model on any backend (docs/models.md), or a checkpoint. What it has answered is kept if it is
    interrupted; run it again. Then: aifirst model train distill --data OUT …

    \b
    aifirst model distill data --teacher Qwen/Qwen2.5-Coder-7B-Instruct -o taught
    """
    import asyncio

    import msgspec
    from aifirst_model.dataset.folder import open_dataset
    from aifirst_model.open_model import open_model
    from aifirst_model.settings import ModelSettings, read_environment
    from aifirst_model.training.teach_dataset import TeachSettings, teach_dataset

    from aifirst_cli.progress import progress_bar

    settings = read_environment(os.environ)
    if teacher:
        settings = msgspec.structs.replace(ModelSettings(), backend="transformers", model=teacher)

    with progress_bar("Asking") as update:

        async def run() -> None:
            model = open_model(settings)
            asked = TeachSettings(max_tokens, temperature, at_once)
            try:
                report = await teach_dataset(
                    model, open_dataset(data), out.absolute(), asked, update or (lambda _, __: None)
                )
            finally:
                await model.aclose()
            dropped = "".join(f", {count:,} {name}" for name, count in report.dropped.items())
            click.echo(f"{report.went:,} of {report.came:,} samples in {out}{dropped}")

        asyncio.run(run())

"""`aifirst model list`: the models of this machine, what they are, and which fit its memory."""

from __future__ import annotations

import click


@click.command("list")
@click.argument("places", nargs=-1, type=click.Path(exists=True))
@click.option("--context", default=8192, show_default=True, type=click.IntRange(256), metavar="TOKENS",
              help="Tokens of context that the memory has to have room for.")  # fmt: skip
@click.option("--known", is_flag=True, help="Show the table of known models, whether they are here or not.")
@click.option("-f", "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="For a person, or for a program.")  # fmt: skip
def command(places: tuple[str, ...], context: int, known: bool, shape: str) -> int:
    """Show the models on this machine, and which fit its memory.

    Looks into the cache of Hugging Face, where llama.cpp, LM Studio and Ollama keep their models, and at PLACES:
    folders, or GGUF files. Only headers are read. The memory is an estimate: weights, what is kept of a text of
    TOKENS, and a tenth for computing. Checkpoints are computed with in float32 where there is no GPU.

    \b
    aifirst model list                    what is here
    aifirst model list runs/ model.gguf   what is there too
    aifirst model list --known            what could be fetched, and what of it fits

    Exit code: 0, or 1 where one of them is broken.
    """
    import sys
    from pathlib import Path
    from shutil import get_terminal_size

    from aifirst_model.library.local_models import list_local_models
    from aifirst_model.library.machine_memory import read_memory

    from aifirst_cli.model_table import known_as_text, local_as_text, tables_as_json

    memory = read_memory()
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    models = list_local_models([Path(place) for place in places])
    if shape == "json":
        click.echo(tables_as_json(models, memory, context))
    elif known:
        click.echo(known_as_text(memory, context, width))
    else:
        click.echo(local_as_text(models, memory, context, width))
    return 1 if any(model.form == "broken" for model in models) else 0

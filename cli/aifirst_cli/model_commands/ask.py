"""`aifirst model ask`: one question to a model, as it goes over the wire for everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.eval_options import model_options
from aifirst_cli.number_range import NumberRange
from aifirst_cli.option_list import with_options

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("text", required=False, metavar="[TEXT]"),
    click.option("--chat", is_flag=True, help="Ask in a chat; else the model goes on from TEXT."),
    click.option("--system", metavar="TEXT", help="What the chat begins with."),
    click.option("--gap", metavar="FILE:LINE[:COLUMN]",
                 help="Fill the gap at that place of a file, both counted from 1; without a column at the line's end."),
    click.option("--schema", metavar="FILE", type=_FILE, help="A JSON schema that the answer has to fit."),
    click.option("--grammar", metavar="FILE", type=_FILE, help="A grammar (GBNF) that the answer has to follow."),
    click.option("--max-tokens", type=click.IntRange(1), default=256, show_default=True, metavar="N",
                 help="Of the answer."),
    click.option("--temperature", type=NumberRange(0), default=0.0, show_default=True, metavar="T",
                 help="0 for the likeliest."),
    click.option("--top-p", type=NumberRange(0, 1, min_open=True), metavar="P", help="Default: the server's."),
    click.option("--seed", type=int, metavar="N", help="Of what is drawn."),
    click.option("--stop", multiple=True, metavar="TEXT", help="What ends the answer; may be repeated."),
    click.option("--use", "adapter", metavar="NAME",
                 help="Which of the --adapter ones answers; \"\" for none. Default: the first."),
    click.option("--probabilities", "alternatives", type=click.IntRange(0, 20), metavar="N",
                 help="Tell how likely each token was, and N that could have stood in its place."),
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", show_default=True,
                 help="As it is written, or whole at the end, for a program."),
)  # fmt: skip


@click.command("ask")
@with_options(_OPTIONS)
@model_options
def command(**options: Any) -> int:
    """Ask a model one thing, and see its answer as it is written.

    TEXT is what the model goes on from, or its question with --chat; - or none reads standard input. Which model is
    meant is said as everywhere: by these options, else by the environment (AIFIRST_MODEL …). Ctrl-C ends the answer.

    \b
    aifirst model ask "def fibonacci(n):" --backend llama-cpp --model coder.gguf
    aifirst model ask --gap src/app.py:41 --backend transformers --model Qwen/Qwen2.5-Coder-0.5B
    aifirst model ask --chat "Name three colours." --schema colours.json --url http://127.0.0.1:8080/v1 --model coder

    Exit code: 0 answered, 2 wrong use or failure, 130 ended by Ctrl-C.
    """
    from aifirst_cli.model_commands.ask_run import run_ask

    return run_ask(options)

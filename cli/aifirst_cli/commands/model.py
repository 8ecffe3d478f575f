"""`aifirst model`: the group of what is done with models; its commands are imported when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, cast

import click

from aifirst_cli.command_group import CommandGroup
from aifirst_cli.failure import Failure

COMMANDS: Final[dict[str, str]] = {
    "list": "Show the models on this machine, and which fit its memory.",
    "pull": "Fetch the model NAME (owner/model) from a hub.",
    "ask": "Ask a model one thing, and see its answer as it is written.",
    "dataset": "Make data to train on from projects and documents, and see what is in it.",
    "train": "Teach a checkpoint by a RECIPE: a name, or a YAML file.",
    "distill": "Let a teacher answer the questions of a dataset, for a student to learn.",
    "merge": "Make a model of its own of an ADAPTER and its base.",
    "eval": "Say how good a model is, compare two, and keep CI from getting a worse one.",
    "relevance": "Say how well lines are chosen for a task, and learn it from your own projects.",
    "export": "Write a model as GGUF, for llama.cpp, or ONNX, for onnxruntime.",
    "quantize": "Pack the numbers of a GGUF file as llama.cpp does.",
    "adapt": "Adapt a model that fills gaps to your own project, and say whether that was worth it.",
    "serve": "Serve a model to other programs as OpenAI's interface, at 127.0.0.1:8080.",
}
"""The commands in the order `--help` shows them; the text is the first line of each one's own help."""


class _ModelCommands(CommandGroup):
    """Imports a command when it is asked for; what is wrong with a model is told in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a `ModelError` becomes a `Failure`."""
        from aifirst_model.errors import ModelError

        try:
            return super().invoke(ctx)
        except ModelError as error:
            raise Failure(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"aifirst_cli.model_commands.{cmd_name.replace('-', '_')}")
        return cast("click.Command", module.command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        if COMMANDS:
            with formatter.section("Commands"):
                formatter.write_dl(list(COMMANDS.items()))


@click.group("model", cls=_ModelCommands)
def command() -> None:
    """Run local models, make special ones, and know how good they are.

    Nothing here is needed by the rest of aifirst, and nothing is downloaded by itself.

    \b
    aifirst model list --known                                   what fits this machine
    aifirst model pull Qwen/Qwen2.5-Coder-0.5B                   fetch one
    aifirst model ask "def add(" --backend llama-cpp --model coder.Q8_0.gguf   try it
    aifirst model serve coder.Q8_0.gguf                          let editors and agents ask it
    aifirst model adapt . --base Qwen/Qwen2.5-Coder-0.5B -o mine teach it your project
    aifirst model dataset make ~/src/* -o data                   or step by step: data,
    aifirst model train coder_lora --base Qwen/Qwen2.5-Coder-0.5B --data data -o run
    aifirst model merge run/result -o merged
    aifirst model export merged --kind Q4_K_M                    a file for llama.cpp
    """

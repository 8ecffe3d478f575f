"""`aifirst model train`: teach a checkpoint by a recipe, and go on with a training that was ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import click
from aifirst_model.training.recipe_file import Setting, settings

from aifirst_cli.failure import Failure

_MODES: Final = ("--recipes", "--show", "--resume")


class _Texts(click.ParamType[tuple[str, ...]]):
    """Several texts with commas between."""

    name = "a,b"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The texts in order."""
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )


def _option(setting: Setting) -> Callable[[Any], Any]:
    """The option of one setting of a recipe."""
    name = f"--{setting.name.replace('_', '-')}"
    if setting.kind is bool:
        return click.option(f"{name}/--no-{name[2:]}", setting.name, default=None, help=setting.text)
    kind: Any = setting.kind if setting.kind in (int, float, str) else _Texts()
    if get_origin(setting.kind) is not tuple and (choices := get_args(setting.kind)):
        kind = click.Choice(list(choices))
    return click.option(name, setting.name, type=kind, default=None, help=setting.text)


def _recipe_options(function: Callable[..., None]) -> Callable[..., None]:
    for setting in reversed(settings()):
        if setting.name != "name":
            function = _option(setting)(function)
    return function


@click.command("train")
@click.argument("recipe", required=False)
@click.option("--base", help="The checkpoint to train: a folder, or a hub's name that lies in the cache.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="A dataset's folder (aifirst model dataset make)."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="The folder of the run, new or empty.")
@click.option("--recipes", "lists", is_flag=True, help="List the recipes that have a name.")
@click.option("--show", "shows", is_flag=True, help="Print the recipe as a file with comments, for changing.")
@click.option(
    "--estimate", "only_estimate", is_flag=True, help="Say what memory, disk and time it takes, and stop."
)
@click.option("--resume", type=click.Path(path_type=Path), help="Go on with the run in this folder.")
@click.option(
    "--processes", type=click.IntRange(1), help="Train in so many processes, one a GPU.  [default: 1]"
)
@click.option(
    "--shard",
    is_flag=True,
    help="Divide the weights too among the processes (FSDP).",
)
@click.option("--yes", is_flag=True, help="Start though the estimate says that it does not fit.")
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", help="Of what is printed."
)
@_recipe_options
def command(recipe: str | None, shape: str, **given: Any) -> None:
    """Teach a checkpoint by a RECIPE: a name, or a YAML file.

    Every option below the first ones is a key of the recipe and changes it. Before it starts, memory and time are
    estimated. Ctrl-C saves and stops, and --resume goes on, after a crash too.

    \b
    aifirst model train --recipes
    aifirst model train coder_lora --show > mine.yaml
    aifirst model train mine.yaml --base Qwen/Qwen2.5-Coder-0.5B --data data -o run
    aifirst model train --resume run
    """
    from aifirst_cli import train_run

    own = ("base", "data", "out", "lists", "shows", "only_estimate", "resume", "processes", "shard", "yes")
    asked = train_run.Asked(**{name: given.pop(name) for name in own}, shape=shape)
    changes = {name: value for name, value in given.items() if value is not None}
    if asked.lists:
        train_run.print_recipes(shape)
    elif asked.resume is not None:
        if recipe or changes:
            raise click.UsageError("a run is gone on with as it began: give --resume alone.")
        train_run.resume(asked)
    elif recipe is None:
        raise click.UsageError(f"name a recipe, or give one of {', '.join(_MODES)}.")
    elif asked.shows:
        train_run.print_recipe(recipe, changes)
    else:
        if not (asked.base and asked.data and (asked.out or asked.only_estimate)):
            raise Failure(
                "a training needs --base MODEL, --data DATASET and -o RUN. See aifirst model train --help."
            )
        train_run.train(recipe, changes, asked)

"""What `aifirst model train` does: show recipes, estimate and ask, train with progress, say what came out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
from aifirst_codebase.byte_size import show_bytes

from aifirst_cli.failure import Failure
from aifirst_cli.progress import progress_bar


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, beside the recipe."""

    base: str | None
    data: Path | None
    out: Path | None
    lists: bool
    shows: bool
    only_estimate: bool
    resume: Path | None
    processes: int | None
    shard: bool
    yes: bool
    shape: str


def print_recipes(shape: str) -> None:
    """The recipes that have a name, with what each is for."""
    from aifirst_model.training.recipes import NAMES, recipe_function

    told = {name: " ".join((recipe_function(name).__doc__ or "").split()) for name in NAMES}
    if shape == "json":
        click.echo(_json({"version": 1, "recipes": told}))
        return
    for name, text in told.items():
        click.echo(f"{name:<12} {text}")


def print_recipe(name: str, changes: dict[str, object]) -> None:
    """The recipe as a file."""
    from aifirst_model.training.recipe_file import change_recipe, read_recipe, show_recipe

    click.echo(show_recipe(change_recipe(read_recipe(name), changes)), nl=False)


def train(name: str, changes: dict[str, object], asked: Asked) -> None:
    """Estimate, ask where it does not fit, train, and print what came out."""
    from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
    from aifirst_model.dataset.folder import open_dataset
    from aifirst_model.training.estimate import estimate
    from aifirst_model.training.recipe_file import change_recipe, read_recipe
    from aifirst_model.training.run_training import check_base, run_training

    recipe = change_recipe(read_recipe(name), changes)
    base, data = open_checkpoint(asked.base or ""), (asked.data or Path()).absolute()
    check_base(base)
    out = (asked.out or data).absolute()
    processes = asked.processes or 1
    told = estimate(recipe, base, open_dataset(data), out, processes, shard=asked.shard)
    if asked.only_estimate:
        values = {"version": 1, **msgspec.to_builtins(told), "memory": told.memory, "fits": told.fits}
        click.echo(_json(values) if asked.shape == "json" else _estimate(told))
        return
    click.echo(_estimate(told), err=True)
    _ask_where_too_large(told, asked)
    with _shown() as report:
        outcome = run_training(recipe, base, data, out, report, processes=processes, shard=asked.shard)
    _print_outcome(outcome, asked.shape)


def resume(asked: Asked) -> None:
    """Go on with a run, and print what came out."""
    from aifirst_model.training.run_training import resume_training

    with _shown() as report:
        outcome = resume_training((asked.resume or Path()).absolute(), report, asked.processes)
    _print_outcome(outcome, asked.shape)


def _estimate(told: Any) -> str:
    where = "the GPU" if told.is_gpu else "this machine"
    names = ("weights", "gradients", "optimizer", "activations", "libraries", "gathered")
    parts = [
        f"{name} {show_bytes(size)}" for name in names if (size := getattr(told, name)) or name != "gathered"
    ]
    lines = [
        f"Memory  about {show_bytes(told.memory)} a process; {where} has {show_bytes(told.free)} free",
        f"        {', '.join(parts)}",
        f"Disk    about {show_bytes(told.disk)}; {show_bytes(told.disk_free)} are free",
        f"Time    about {_time(told.seconds)}: {told.steps:,} steps, up to {told.tokens:,} tokens, "
        f"and {told.evaluated:,} of evaluations",
    ]
    if told.main:
        main = f"        and {show_bytes(told.main)} of main memory for all; {show_bytes(told.main_free)} are free"
        lines.insert(2, main)
    return "\n".join(lines)


def _ask_where_too_large(told: Any, asked: Asked) -> None:
    if told.fits or asked.yes:
        return
    what = "disk" if told.disk > told.disk_free else "memory"
    if not sys.stdin.isatty():
        less = "Make room, or name a folder elsewhere with -o"
        if what == "memory":
            less = "Take a smaller --at-once or --length, --checkpoint-activations or --quantize-base"
        raise Failure(f"the {what} will hardly suffice. {less}; or start it all the same with --yes.")
    click.confirm(f"The {what} will hardly suffice. Start all the same?", abort=True, err=True)


@contextmanager
def _shown() -> Generator[Callable[[Any], None]]:
    """Takes progress: a bar for a person at a terminal, a line an evaluation for everybody else."""
    with progress_bar("Training") as update:

        def report(progress: Any) -> None:
            if update is not None and progress.steps:
                update(progress.step, progress.steps)
            elif progress.evaluation_loss is not None:
                left = f", about {_time(progress.left)} left" if progress.left else ""
                click.echo(
                    f"step {progress.step:,}: validation loss {progress.evaluation_loss:.4f}{left}", err=True
                )

        yield report


def _print_outcome(outcome: Any, shape: str) -> None:
    """Raises `KeyboardInterrupt` after telling of a training that was interrupted: the exit status is to be 130."""
    figures = outcome.figures
    if shape == "json":
        click.echo(_json({"version": 1, **msgspec.to_builtins(outcome, enc_hook=str)}))
    if outcome.result is None:
        click.echo(
            f"Saved at step {figures.step:,} of {figures.steps:,}. "
            f"Go on with: aifirst model train --resume {outcome.run}",
            err=True,
        )
        raise KeyboardInterrupt
    if shape == "json":
        return
    lines = [
        f"Trained {figures.step:,} of {figures.steps:,} steps in {_time(figures.seconds)} ({figures.ending})."
    ]
    if figures.loss_before is not None and figures.loss_after is not None:
        lines.append(
            f"Validation loss {figures.loss_before:.4f} -> {figures.loss_after:.4f} at step {figures.best_step:,}."
        )
    lines.append(
        f"Result: {outcome.result}, with a model card; curves: tensorboard --logdir {outcome.run / 'tensorboard'}"
    )
    click.echo("\n".join(lines))


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()

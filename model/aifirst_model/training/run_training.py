"""A training from its start to its end: prepares the run's folder, trains, writes what came out and its card.

A run that was killed, interrupted or failed is gone on with by `resume_training`, from its newest whole checkpoint.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from aifirst_model.checkpoint.open_checkpoint import Checkpoint, open_checkpoint
from aifirst_model.dataset.folder import Dataset, open_dataset
from aifirst_model.errors import CheckpointError, ModelError
from aifirst_model.training.launch import launch
from aifirst_model.training.load_base import add_tokens, load_tokenizer
from aifirst_model.training.make_trainer import share_batch
from aifirst_model.training.model_card import write_card
from aifirst_model.training.quiet_libraries import quiet_libraries
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.run_folder import (
    Figures,
    Line,
    Place,
    Run,
    Source,
    State,
    hold_run,
    read_run,
    write_run,
)  # fmt: skip
from aifirst_model.training.tell_failure import told_failures
from aifirst_model.training.token_table import TableReport, write_table
from aifirst_model.training.train_here import train_here
from aifirst_model.training.training_error import RecipeError, TrainingError

_LIBRARIES: Final = ("torch", "transformers", "peft", "trl", "accelerate", "tokenizers")


class Progress(msgspec.Struct, frozen=True):
    """How far a training is; `left` is seconds to its last step, at the pace so far."""

    step: int
    steps: int
    loss: float | None
    evaluation_loss: float | None
    left: float


class TrainingOutcome(msgspec.Struct, frozen=True):
    """What a training left; `result` is None where it was interrupted, and can be resumed."""

    run: Path
    state: State
    result: Path | None
    figures: Figures


Report = Callable[[Progress], None]


def run_training(
    recipe: Recipe,
    base: Checkpoint,
    data: Path,
    out: Path,
    report: Report,
    *,
    processes: int = 1,
    shard: bool = False,
) -> TrainingOutcome:
    """Train `base` by the recipe on the dataset in `data`; the run's folder is `out`, which must not be a run yet.

    Raises `TrainingError`, `DatasetError`, `NoMemoryError` or another `ModelError`; what was saved until then stays.
    """
    place = Place(out)
    if place.record.is_file():
        raise TrainingError(
            f"{out} is a run already", f"go on with it: aifirst model train --resume {out}, or name another"
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TrainingError(f"{out} holds something that is no run", "name another folder with -o")
    check_base(base)
    share_batch(recipe, processes)
    if shard and processes < 2:
        raise TrainingError(
            "a single process has nobody to divide the weights with",
            "give --processes 2 or more, or leave --shard out",
        )
    if shard and recipe.quantize_base:
        raise TrainingError(
            "weights in 4 bits cannot be divided", "leave --shard out, or set quantize_base to false"
        )
    dataset = open_dataset(data)
    out.mkdir(parents=True, exist_ok=True)
    run = Run(
        recipe=recipe, base=_source_of(base), data=_source_of_data(dataset), processes=processes, shard=shard,
        versions={name: version(name) for name in _LIBRARIES},
    )  # fmt: skip
    with hold_run(out), quiet_libraries():
        try:
            return _train(place, run, dataset, report)
        except (RecipeError, CheckpointError):
            place.record.unlink(missing_ok=True)
            raise
        finally:
            if not place.record.is_file():  # it never began: the place is free again
                shutil.rmtree(out, ignore_errors=True)


def check_base(base: Checkpoint) -> None:
    """Raise `TrainingError` for a checkpoint that cannot be trained: an adapter, or weights in a few bits."""
    if base.adapter_of is not None:
        raise TrainingError(
            f"{base.folder} is an adapter", "merge it first (aifirst model merge), and train the result"
        )
    if base.quantisation:
        raise TrainingError(
            f"{base.folder} is quantised ({base.quantisation})",
            "train its full version, with quantize_base for 4 bits",
        )


def resume_training(folder: Path, report: Report, processes: int | None = None) -> TrainingOutcome:
    """Go on with a run. Raises as `run_training`, and where the dataset or the base is not what it was."""
    run = read_run(folder)
    if run.state == "done":
        raise TrainingError(f"{folder} is done", f"its result is {Place(folder).result}")
    with hold_run(folder), quiet_libraries():
        dataset = open_dataset(Path(run.data.path))
        if _source_of_data(dataset).sums != run.data.sums:
            raise TrainingError(
                f"the dataset {run.data.path} has changed since this run began",
                "put it back, or start a run anew",
            )
        if _source_of(open_checkpoint(Path(run.base.path))).sums != run.base.sums:
            raise TrainingError(
                f"the base {run.base.path} has changed since this run began",
                "put it back, or start a run anew",
            )
        again = msgspec.structs.replace(run, state="running", told="", processes=processes or run.processes)
        share_batch(again.recipe, again.processes)
        return _train(Place(folder), again, dataset, report)


def _train(place: Place, run: Run, dataset: Dataset, report: Report) -> TrainingOutcome:
    shutil.rmtree(place.unfinished, ignore_errors=True)
    for folder in (place.checkpoints, place.unfinished, place.tokens):
        folder.mkdir(exist_ok=True)
    try:
        with told_failures(run.recipe):
            run = _write_tables(place, run, dataset)
            write_run(place.folder, run)
            figures = _go(place, run, _reporter(report))
            run = msgspec.structs.replace(
                run, figures=figures, state="done" if figures.ending else "interrupted"
            )
            if figures.ending:
                write_card(place, run)
            write_run(place.folder, run)
    except (ModelError, OSError, KeyboardInterrupt) as error:
        state: State = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        with contextlib.suppress(OSError):  # what is told first is what matters
            if run.train.rows:
                write_run(place.folder, msgspec.structs.replace(run, state=state, told=str(error)))
        raise
    return TrainingOutcome(place.folder, run.state, place.result if figures.ending else None, figures)


def _go(place: Place, run: Run, tell: Callable[[Line, int], None]) -> Figures:
    if run.processes > 1:
        return launch(place.folder, run.processes, tell, count_steps(run.recipe, run.train.rows))
    return train_here(place.folder, tell)


def _write_tables(place: Place, run: Run, dataset: Dataset) -> Run:
    tokenizer = load_tokenizer(Path(run.base.path))
    add_tokens(tokenizer, run.recipe)
    train = write_table(place.tokens / "train.arrow", dataset, "train", run.recipe, tokenizer)
    if train.rows < run.recipe.batch:
        raise TrainingError(
            f"the dataset gives {train.rows} rows to train on, fewer than a batch of {run.recipe.batch}",
            "set batch lower, or make a larger dataset",
        )
    validation = TableReport()
    if dataset.count("validation"):
        path = place.tokens / "validation.arrow"
        validation = write_table(path, dataset, "validation", run.recipe, tokenizer)
        if not validation.rows:
            path.unlink(missing_ok=True)
    if not validation.rows and (run.recipe.patience or run.recipe.stop_when_converged):
        raise TrainingError(
            "this recipe stops by the validation loss, and the dataset has no validation samples for it",
            "make the dataset with a validation split, or set patience to 0 and stop_when_converged to false",
        )
    return msgspec.structs.replace(run, train=train, validation=validation)


def count_steps(recipe: Recipe, rows: int) -> int:
    """Steps that a training on so many rows has."""
    return recipe.steps or math.ceil(recipe.epochs * math.ceil(rows / recipe.batch))


def _reporter(report: Report) -> Callable[[Line, int], None]:
    began: list[tuple[int, float]] = []

    def tell(line: Line, steps: int) -> None:
        if not began:
            began.append((line.step, line.seconds))
        done, spent = line.step - began[0][0], line.seconds - began[0][1]
        left = spent / done * (steps - line.step) if done > 0 else 0.0
        report(Progress(line.step, steps, line.loss, line.evaluation_loss, left))

    return tell


def _source_of(base: Checkpoint) -> Source:
    """What tells that a base is the same: its configuration and the sizes of its weights, as all would take minutes."""
    config = hashlib.sha256((base.folder / "config.json").read_bytes()).hexdigest()
    sums = {"config.json": config, **{path.name: str(path.stat().st_size) for path in base.weights}}
    return Source(str(base.folder), base.name, sums, base.licence or "")


def _source_of_data(dataset: Dataset) -> Source:
    sums = {name: record.sha256 for name, record in dataset.manifest.files.items()}
    return Source(str(dataset.folder.absolute()), dataset.manifest.name, sums)

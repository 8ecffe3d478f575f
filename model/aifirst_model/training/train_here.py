"""Training in this process, alone or as one of several: from a run's folder that is prepared to its result.

All it needs lies in the folder, so that the same run can be started, killed and resumed by anybody, with another number
of processes too. The first process writes; the others only compute.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.heavy import heavy
from aifirst_model.training.convergence import read_signs
from aifirst_model.training.load_base import (
    add_tokens,
    fit_embeddings,
    load_model,
    load_tokenizer,
    put_adapter,
)
from aifirst_model.training.make_trainer import make_trainer
from aifirst_model.training.quiet_libraries import quiet_libraries
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.run_folder import Figures, Line, Place, Run, cut_log, read_log, read_run
from aifirst_model.training.saved_steps import newest_whole, saved_steps
from aifirst_model.training.shard_model import held_numbers
from aifirst_model.training.tell_failure import told_failures
from aifirst_model.training.token_table import fill_up, read_table, whole_batches
from aifirst_model.training.training_error import RecipeError
from aifirst_model.training.watch_training import Watch, as_callback

Tell = Callable[[Line, int], None]
"""Takes each line of the log as it is written, and how many steps there will be."""


def train_here(folder: Path, tell: Tell) -> Figures:
    """Train what `folder/run.json` says, from the newest whole checkpoint where there is one; the figures.

    `Figures.ending` is "" where it was interrupted and a checkpoint saved. Raises `TrainingError`, `NoMemoryError`,
    `OSError`.
    """
    place, run = Place(folder), read_run(folder)
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    with told_failures(run.recipe), quiet_libraries():
        heavy("transformers", "train").set_seed(run.recipe.seed)
        tokenizer = load_tokenizer(Path(run.base.path))
        model = _prepare_model(run, tokenizer)
        saved = newest_whole(place.checkpoints)
        is_first = int(os.environ.get("RANK", "0")) == 0
        log = cut_log(folder, saved[0] if saved else -1) if is_first else read_log(folder)
        tables = _open_tables(place, run.recipe.batch)
        watch = Watch(place, run.recipe, log, tell, has_validation=tables[1] is not None)
        trainer = make_trainer(
            model, tokenizer, run.recipe, place, tables, processes,
            is_new=saved is None, shard=run.shard and processes > 1, teacher=_open_teacher(run.recipe, tokenizer),
            callback=as_callback(watch),
        )  # fmt: skip
        with _interruptible(watch):
            trainer.train(resume_from_checkpoint=str(saved[1]) if saved else None)
        if is_first and watch.ending:
            put_result(place, tokenizer, read_signs(watch.log, run.recipe.min_delta).best_step)
        return _figures(watch, trainer, processes)


def _open_tables(place: Place, batch: int) -> tuple[Any, Any]:
    path = place.tokens / "validation.arrow"
    train = whole_batches(read_table(place.tokens / "train.arrow"), batch)
    return train, fill_up(read_table(path), batch) if path.is_file() else None


def _prepare_model(run: Run, tokenizer: Any) -> Any:
    """The base as it is trained; the tokenizer gets the recipe's tokens."""
    new = add_tokens(tokenizer, run.recipe)
    model = load_model(Path(run.base.path), run.recipe)
    if new:
        fit_embeddings(model, tokenizer, new)
    return put_adapter(model, run.recipe, new) if run.recipe.adapter == "lora" else model


def _open_teacher(recipe: Recipe, tokenizer: Any) -> Any:
    """The teacher, which is only asked; None where there is none. Raises `RecipeError` for one of other tokens."""
    if recipe.method != "distill" or not recipe.teacher or not recipe.teacher_share:
        return None
    folder = open_checkpoint(recipe.teacher).folder
    if load_tokenizer(folder).get_vocab() != tokenizer.get_vocab():
        raise RecipeError(
            f"the teacher {recipe.teacher} has other tokens than the base, so its probabilities cannot be learned",
            "let it write answers instead (aifirst model distill), and set teacher_share to 0",
        )
    torch = heavy("torch", "train")
    model = load_model(folder, msgspec.structs.replace(recipe, quantize_base=False, adapter="lora"))
    return model.eval().requires_grad_(False).to("cuda" if torch.cuda.is_available() else "cpu")


def put_result(place: Place, tokenizer: Any, best: int) -> None:
    """Copy what the best checkpoint, or the last, holds of the model to `result/`. Raises `OSError`."""
    steps = saved_steps(place.checkpoints)
    source = steps.get(best) or steps[max(steps)]
    part = place.folder / "result.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for path in sorted(source.iterdir()):
        if path.suffix == ".safetensors" or path.name.endswith(("config.json", ".safetensors.index.json")):
            shutil.copyfile(path, part / path.name)
    tokenizer.save_pretrained(str(part))
    shutil.rmtree(place.result, ignore_errors=True)
    part.rename(place.result)


def _figures(watch: Watch, trainer: Any, processes: int) -> Figures:
    torch = heavy("torch", "train")
    losses = {line.step: line.evaluation_loss for line in watch.log if line.evaluation_loss is not None}
    signs = read_signs(watch.log, 0.0)
    on_gpu = torch.cuda.is_available()
    parameters = list(trainer.model.parameters())
    return Figures(
        step=int(trainer.state.global_step), steps=int(trainer.state.max_steps), best_step=signs.best_step,
        loss_before=losses.get(0), loss_after=losses.get(signs.best_step) if signs.best_step else None,
        seconds=round(watch.seconds, 1), tokens=watch.log[-1].tokens if watch.log else 0,
        peak_bytes=int(torch.cuda.max_memory_allocated()) if on_gpu else peak_bytes(),
        trained_parameters=sum(p.numel() for p in parameters if p.requires_grad),
        parameters=sum(p.numel() for p in parameters),
        held_parameters=held_numbers(trainer.model),
        device=str(torch.cuda.get_device_name()) if on_gpu else "cpu", processes=processes, ending=watch.ending,
    )  # fmt: skip


def peak_bytes() -> int:
    """Most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def _interruptible(watch: Watch) -> Generator[None]:
    """Let Ctrl-C end the training after a step; only the main thread can be told."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old = {number: signal.signal(number, watch.interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)

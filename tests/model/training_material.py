"""Small datasets and quick changes of recipes for the tests of training."""

from __future__ import annotations

import ast
import resource
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.dataset.folder import DatasetWriter
from aifirst_model.dataset.record import About, Conversation, Gap, Message, Preference, Sample, Text
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.recipe_file import change_recipe
from aifirst_model.training.recipes import find_recipe
from aifirst_model.training.run_folder import Line, read_log
from aifirst_model.training.run_training import Progress, TrainingOutcome, run_training
from tiny_checkpoint import standard_library_texts

QUICK: dict[str, object] = {
    "steps": 8, "length": 96, "batch": 4, "log_every": 1, "evaluate_every": 4, "save_every": 2, "warmup": 1,
    "learning_rate": 2e-3, "rank": 8, "keep": 3,
}  # fmt: skip


def functions(count: int) -> list[tuple[str, str]]:
    """Docstrings and sources of small functions of the standard library."""
    found: list[tuple[str, str]] = []
    for text in standard_library_texts(400_000):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (told := ast.get_docstring(node)):
                source = ast.get_source_segment(text, node) or ""
                if 60 < len(source) < 260:
                    found.append((told.splitlines()[0], source))
    return found[:count]


def write_dataset(folder: Path, kind: str = "mixed", count: int = 60) -> Path:
    """A dataset of that many samples, every sixth for validation: `mixed`, `preference`."""
    with DatasetWriter(folder) as writer:
        for number, (told, source) in enumerate(functions(count)):
            about = About(task="code", licence="PSF-2.0")
            asked = (Message("user", told),)
            third = len(source) // 3
            samples: list[Sample] = [
                Conversation((*asked, Message("assistant", source)), about), Text(source, about),
                Gap(source[:third], source[third : 2 * third], source[2 * third :], about),
            ]  # fmt: skip
            sample = (
                Preference(asked, source, source[::-1], about)
                if kind == "preference"
                else samples[number % 3]
            )
            writer.write("train" if number % 6 else "validation", sample)
        writer.finish()
    return folder


@contextmanager
def limited_files(most: int) -> Generator[None]:
    """Let no file become larger than so many bytes, as on a disk that is full."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def quick(name: str, **changes: object) -> Recipe:
    """A named recipe, cut down to a few small steps."""
    return change_recipe(find_recipe(name), {**QUICK, **changes})


def train(recipe: Recipe, base: Path, data: Path, out: Path, **more: Any) -> TrainingOutcome:
    """Train, telling nobody."""
    return run_training(recipe, open_checkpoint(base), data, out, _tell_nobody, **more)


def _tell_nobody(_: Progress) -> None:
    return


def curve(run: Path) -> list[tuple[int, float | None, float | None, float | None]]:
    """What the log says of every step, without the times."""
    return [_figures(line) for line in read_log(run)]


def _figures(line: Line) -> tuple[int, float | None, float | None, float | None]:
    return line.step, line.loss, line.gradient_norm, line.evaluation_loss

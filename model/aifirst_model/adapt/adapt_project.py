"""Makes a completer of a checkpoint and a project: samples, LoRA, merge, GGUF, and a fair comparison with the base.

A tenth of the project's files is held out: no line of them is trained on. There the base, the adapted model and the
plain lookup complete the same lines; what is better is kept. Each step leaves its result in the folder, so that the
same command goes on where it was stopped. Left out: languages that `dataset` does not read, several projects at once.
"""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from aifirst_model.adapt.adapt_report import AdaptReport, Asked, write_adapt_report
from aifirst_model.adapt.adapt_steps import (
    Tell,
    begin,
    check_base,
    check_extent,
    export,
    hold_out,
    make_data,
    measure,
    train,
)
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.folder import open_dataset
from aifirst_model.export.number_kinds import Kind
from aifirst_model.training.merge_adapter import merge_adapter
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.recipe_file import change_recipe
from aifirst_model.training.recipes import find_recipe

Changes = dict[str, int | float | str]


class AdaptRequest(msgspec.Struct, frozen=True):
    """What to make: `changes` are of the recipe; `lines` are measured on, at most; `threads` 0 for one a core.

    `anyway` starts also what will hardly fit this machine.
    """

    project: Path
    base: str
    kind: Kind = "Q8_0"
    lines: int = 300
    changes: Changes = {}
    threads: int = 0
    anyway: bool = False


def adapt_recipe(changes: Changes) -> Recipe:
    """How it is trained: gaps only, asked as editors ask, with an adapter on all layers. Raises `RecipeError`."""
    start: dict[str, object] = {
        "name": "adapt", "tasks": ("fill",), "targets": ("all-linear",), "suffix_first": 0.0, "length": 1024,
        "epochs": 2.0, "evaluate_every": 100, "save_every": 100,
    }  # fmt: skip
    return change_recipe(find_recipe("coder_lora"), start | changes)


def adapt_project(request: AdaptRequest, out: Path, tell: Tell) -> AdaptReport:
    """Make the completer in the folder `out`, or go on with it; what came of it.

    `tell` hears the step's name, how much of it is done, of how much. Raises `AdaptError` and other `ModelError`s.
    """
    base = open_checkpoint(request.base)
    recipe = adapt_recipe(request.changes)
    check_base(base)
    root = request.project.resolve()
    asked = Asked(str(root), str(base.folder), request.kind, request.lines, request.changes)
    if (report := begin(out, asked)) is not None:
        return report
    project, settings, step = Project(root, root.name), CollectSettings(is_own=True), _Clock()
    data, merged = out / "dataset", out / "merged"
    with step("dataset"):
        make_data(project, settings, data, tell)
        held = hold_out(project, settings, data, recipe.batch, request.lines)
    check_extent(recipe, base, data, out / "run", tell, anyway=request.anyway)
    with step("training"):
        adapter = train(recipe, base, data, out / "run", tell)
    with step("merge"):
        tell("merging", 0, 1)
        if not (merged / "config.json").is_file():
            merge_adapter(adapter, base, merged)
    with step("export"):
        plain = export(base, out / f"base.{request.kind}.gguf", request.kind, tell)
        adapted = export(open_checkpoint(merged), out / f"adapted.{request.kind}.gguf", request.kind, tell)
    with step("evaluation"):
        found = measure(held, merged, plain, adapted, recipe.length, request.threads, tell)
    kept, other = (adapted, plain) if found.difference.is_better else (plain, adapted)
    report = AdaptReport(
        1, asked, open_dataset(data, verify=False).count("train"), found.files, len(found.gaps), found.lookup, found.base,
        found.adapted, found.difference, "adapted" if kept == adapted else "base", kept.name, step.seconds,
        kept.stat().st_size,
    )  # fmt: skip
    write_adapt_report(out, report)
    other.unlink()
    return report


class _Clock:
    """Counts the seconds of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._begun = "", 0.0

    def __call__(self, name: str) -> _Clock:
        self._name = name
        return self

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self.seconds[self._name] = round(time.monotonic() - self._begun, 2)

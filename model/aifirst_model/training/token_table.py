"""The samples of a dataset as a table of tokens on disk, which training reads without loading it.

It is made anew at every start of a run, from the dataset whose sums the run knows: the same samples in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from aifirst_model.dataset.folder import Dataset
from aifirst_model.dataset.record import Preference, Sample, Split
from aifirst_model.heavy import heavy
from aifirst_model.training.format_sample import IGNORED, Formatter
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.training_error import TrainingError

Row = dict[str, list[int]]


class TableReport(msgspec.Struct, frozen=True):
    """What became of a split's samples; `rows` are what a step takes, `learned` counts tokens with a label."""

    rows: int = 0
    samples: int = 0
    other_tasks: int = 0
    wrong_kind: int = 0
    too_long: int = 0
    cut: int = 0
    tokens: int = 0
    learned: int = 0
    longest: int = 0


class _Counts:
    def __init__(self) -> None:
        self.of: dict[str, int] = dict.fromkeys(TableReport.__struct_fields__, 0)

    def add(self, name: str, number: int = 1) -> None:
        self.of[name] += number


def write_table(path: Path, dataset: Dataset, split: Split, recipe: Recipe, tokenizer: Any) -> TableReport:
    """Write the table of one split to `path`. Raises `TrainingError` where no sample of it can be trained on."""
    formatter = Formatter(tokenizer, recipe.length, recipe.suffix_first, recipe.seed)
    counts = _Counts()
    samples = _chosen(dataset, split, recipe, counts)
    maker: Callable[[Iterator[Any], Formatter, Recipe, _Counts], Iterator[Row]]
    maker = {"dpo": _preferences, "pretrain": _windows}.get(recipe.method, _answers)
    columns = (
        ("prompt_ids", "chosen_ids", "rejected_ids") if recipe.method == "dpo" else ("input_ids", "labels")
    )
    datasets = heavy("datasets", "train")
    features = datasets.Features({name: datasets.List(datasets.Value("int32")) for name in columns})
    with heavy("datasets.arrow_writer", "train").ArrowWriter(features=features, path=str(path)) as writer:
        for row in maker(samples, formatter, recipe, counts):
            longest = _length(row)
            counts.add("rows")
            counts.add("tokens", sum(map(len, row.values())) if recipe.method == "dpo" else longest)
            counts.of["longest"] = max(counts.of["longest"], longest)
            writer.write(row)
        if counts.of["rows"]:
            writer.finalize()
    if not counts.of["rows"] and split == "train":
        raise TrainingError(
            f"no sample of {dataset.path(split)} can be trained on", _why_none(counts.of, recipe)
        )
    return TableReport(**counts.of)


def read_table(path: Path) -> Any:
    """The table as a `datasets.Dataset` that lies on disk."""
    return heavy("datasets", "train").Dataset.from_file(str(path))


def whole_batches(table: Any, batch: int) -> Any:
    """The table with its first rows once more where the last fill no batch: every row is learned from, and every step
    takes as many, on however many processes. `batch` is no larger than the table.
    """
    missing = -len(table) % batch
    return table.select(chain(range(len(table)), range(missing))) if missing else table


def fill_up(table: Any, batch: int) -> Any:
    """The table with rows of which nothing counts, up to whole batches: else some rows would be counted twice."""
    missing = -len(table) % batch
    if not missing or "labels" not in table.column_names:
        return table
    ids = table[0]["input_ids"]
    empty = {"input_ids": [ids] * missing, "labels": [[IGNORED] * len(ids)] * missing}
    datasets = heavy("datasets", "train")
    return datasets.concatenate_datasets([table, datasets.Dataset.from_dict(empty, features=table.features)])


def _chosen(dataset: Dataset, split: Split, recipe: Recipe, counts: _Counts) -> Iterator[Sample]:
    for sample in dataset.samples(split):
        counts.add("samples")
        if recipe.tasks and sample.about.task not in recipe.tasks:
            counts.add("other_tasks")
        elif isinstance(sample, Preference) != (recipe.method == "dpo"):
            counts.add("wrong_kind")
        else:
            yield sample


def _answers(samples: Iterator[Any], formatter: Formatter, _: Recipe, counts: _Counts) -> Iterator[Row]:
    for sample in samples:
        pieces = formatter.pieces(sample)
        counts.add("too_long", not pieces)
        counts.add("cut", any(piece.is_cut for piece in pieces))
        for piece in pieces:
            counts.add("learned", sum(label >= 0 for label in piece.labels))
            yield {"input_ids": piece.ids, "labels": piece.labels}


def _windows(samples: Iterator[Any], formatter: Formatter, recipe: Recipe, counts: _Counts) -> Iterator[Row]:
    """All tokens end to end, cut into windows; what is left at the end is trained on only where it is all there is."""
    held: list[int] = []
    is_first = True
    for sample in samples:
        held += formatter.whole(sample).ids
        while len(held) >= recipe.length:
            window, held = held[: recipe.length], held[recipe.length :]
            is_first = False
            counts.add("learned", len(window))
            yield {"input_ids": window, "labels": window}
    if is_first and len(held) > 1:
        counts.add("learned", len(held))
        yield {"input_ids": held, "labels": held}


def _preferences(samples: Iterator[Any], formatter: Formatter, _: Recipe, counts: _Counts) -> Iterator[Row]:
    for sample in samples:
        tokens = formatter.preference(sample)
        counts.add("too_long", tokens is None)
        if tokens is not None:
            counts.add("learned", len(tokens.chosen) + len(tokens.rejected))
            yield {
                "prompt_ids": tokens.prompt, "chosen_ids": tokens.chosen, "rejected_ids": tokens.rejected,
            }  # fmt: skip


def _length(row: Row) -> int:
    if "input_ids" in row:
        return len(row["input_ids"])
    return len(row["prompt_ids"]) + max(len(row["chosen_ids"]), len(row["rejected_ids"]))


def _why_none(counts: dict[str, int], recipe: Recipe) -> str:
    if not counts["samples"]:
        return "it is empty: make the dataset again with more sources"
    if counts["other_tasks"] == counts["samples"]:
        return f"none is of the tasks {', '.join(recipe.tasks)}: set tasks in the recipe, or give another dataset"
    if counts["wrong_kind"]:
        wanted = "preferences" if recipe.method == "dpo" else "texts, conversations or gaps"
        return f"the method {recipe.method} takes {wanted}: give a dataset with such samples"
    return f"all are longer than {recipe.length} tokens: raise length in the recipe"

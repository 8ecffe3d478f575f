"""The card of what a training made: `README.md` beside it, in the form that hubs read."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from aifirst_model.dataset.folder import open_dataset
from aifirst_model.training.recipe_file import show_recipe
from aifirst_model.training.run_folder import Place, Run


def write_card(place: Place, run: Run) -> Path:
    """Write `README.md` into the result's folder and the run's; the first one's path. Raises `OSError`."""
    text = card_text(run)
    (place.folder / "README.md").write_text(text, "utf-8")
    path = place.result / "README.md"
    path.write_text(text, "utf-8")
    return path


def card_text(run: Run) -> str:
    """The card: base, data and its licences, figures, limits, and the recipe with which it can be made again."""
    adapter = run.recipe.adapter == "lora"
    base = Path(run.base.name).name if Path(run.base.name).is_absolute() else run.base.name
    front = ["---", f"base_model: {base}", "tags: [aifirst]"]
    front += ["library_name: peft" if adapter else "library_name: transformers"]
    front += [f"license: {run.base.licence}"] if run.base.licence else []
    kind = "A LoRA adapter" if adapter else "A model"
    lines = [
        *front, "---", "", f"# {run.recipe.name}", "",
        f"{kind} trained by aifirst with the recipe `{run.recipe.name}` on `{base}`.", "",
        "## Data", "", *_data(run), "",
        "## Figures", "", *_figures(run), "",
        "## Licence", "", *_licences(run), "",
        "## Limits", "",
        "Only the losses above were measured while training. What it is worth at a task has to be measured:",
        "`aifirst model eval --help`. It knows what its base and its data know, their mistakes too; what it writes is",
        "to be read and tested like anybody's.", "",
        "## Recipe", "", "```yaml", show_recipe(run.recipe).rstrip(), "```", "",
        "Made with " + ", ".join(f"{name} {version}" for name, version in run.versions.items()) + ".", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _data(run: Run) -> list[str]:
    rows = [
        "| Split | Samples | Trained on | Too long | Cut | Other tasks or kinds | Tokens |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, table in (("train", run.train), ("validation", run.validation)):
        if table.samples:
            others = table.other_tasks + table.wrong_kind
            rows.append(
                f"| {name} | {table.samples:,} | {table.rows:,} rows | {table.too_long:,} | {table.cut:,} | {others:,} "
                f"| {table.tokens:,}, {table.learned:,} learned |"
            )
    sums = ", ".join(f"{name} `{total[:16]}`" for name, total in run.data.sums.items())
    return [f"The dataset `{run.data.name}` (SHA-256: {sums}).", "", *rows]


def _figures(run: Run) -> list[str]:
    figures = run.figures
    lines = [
        f"* {figures.step:,} of {figures.steps:,} steps, {figures.tokens:,} tokens read, {figures.seconds:,.0f} s on "
        f"{figures.processes} x {figures.device}; ended by: {figures.ending}.",
        f"* {figures.trained_parameters:,} of {figures.parameters:,} numbers trained; at most "
        f"{figures.peak_bytes / 2**20:,.0f} MiB of memory a process.",
    ]
    before, after = figures.loss_before, figures.loss_after
    if before is not None and after is not None:
        lines.append(
            f"* Validation loss {before:.4f} before, {after:.4f} after (step {figures.best_step})"
            + (
                "."
                if run.recipe.method == "dpo"
                else f": perplexity {math.exp(before):.2f} to {math.exp(after):.2f}."
            )
        )
        if after >= before:
            lines.append("* **It did not get better than its base on the validation samples.**")
    else:
        lines.append("* No validation samples: how well it does on what it has not seen is not known.")
    return lines


def _licences(run: Run) -> list[str]:
    base = run.base.licence or "not told by its card"
    lines = [f"Base: {base}."]
    found: Counter[str] = Counter()
    for sample in open_dataset(Path(run.data.path), verify=False).samples("train"):
        found[sample.about.licence or "not told"] += 1
    told = ", ".join(
        f"{name} ({count:,})" for name, count in sorted(found.items(), key=lambda one: (-one[1], one[0]))
    )
    return [*lines, f"Data, by samples: {told}."]


def describe_merge(card: str, base: str) -> str:
    """The card of an adapter, said of the model that it was merged into."""
    text = card.replace("library_name: peft", "library_name: transformers", 1)
    return text.replace("A LoRA adapter trained", f"A LoRA adapter, merged into `{base}`, trained", 1)

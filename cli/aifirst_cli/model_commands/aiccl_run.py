"""Makes and proves pairs of code and AICCL for the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.failure import Failure
from aifirst_cli.model_commands.dataset_options import listed
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar

if TYPE_CHECKING:
    from aifirst_model.aiccl.check_pairs import Checked
    from aifirst_model.aiccl.run_pairs import PairsRun, Progress
    from aifirst_model.dataset.folder import Manifest


def run_pairs_command(options: dict[str, Any]) -> int:
    """Make the pairs; the exit code."""
    from aifirst_codebase.tokens import get_counter
    from aifirst_model.aiccl.finish_pairs import Helpers
    from aifirst_model.aiccl.near_repeats import near_repeats
    from aifirst_model.aiccl.quality import MOST_ENTRIES
    from aifirst_model.aiccl.run_pairs import run_pairs
    from aifirst_model.heavy import heavy

    from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols

    heavy("rensa", "train")  # said before the work, not behind it
    helpers = Helpers(near_repeats, get_counter("o200k_base").count)
    symbols = frozenset(map_symbols(MOST_ENTRIES))
    with progress_bar("making pairs") as update:

        def tell(progress: Progress) -> None:
            if update is not None:
                update(progress.done, progress.total)

        manifest = run_pairs(_pairs_run(options), CompilerCodec(), helpers, symbols, tell)
    _tell(manifest, options["out"], options["shape"])
    return 0


def _pairs_run(options: dict[str, Any]) -> PairsRun:
    from aifirst_model.aiccl.finish_pairs import FinishSettings
    from aifirst_model.aiccl.pieces import PieceSizes
    from aifirst_model.aiccl.run_pairs import PairsRun
    from aifirst_model.dataset.collect.project_documents import CollectSettings

    from aifirst_cli.model_commands.dataset_run import projects_of

    licences = listed(options["licences"])
    collect = CollectSettings(is_own=options["own"])
    if licences is not None:
        collect = CollectSettings(licences=tuple(licences), is_own=options["own"])
    most = options["most_tokens"]
    return PairsRun(
        tuple(projects_of(options["projects"])), options["out"], collect,
        PieceSizes(most=most, whole=min(PieceSizes().whole, most)),
        FinishSettings(target=options["target"], threshold=options["threshold"]),
    )  # fmt: skip


def _tell(manifest: Manifest, out: Path, shape: str) -> None:
    if shape == "json":
        import msgspec

        write_output(msgspec.json.encode(manifest).decode() + "\n", None, for_programs=True)
        return
    lines: list[str] = []
    for step in manifest.steps:
        lines.append(f"{step.name}: {step.came:,} came, {step.went:,} went on")
        lines += [
            f"  {count:,} {reason}" for reason, count in step.dropped.items() if count and ": " not in reason
        ]
        lines += [f"  {sentence}" for sentence in step.told]
    files = ", ".join(f"{record.samples:,} {split}" for split, record in manifest.files.items())
    lines.append(f"{out}: {manifest.samples // 2:,} pairs both ways: {files}")
    click.echo("\n".join(lines))


def run_prove(dataset: Path, shape: str) -> int:
    """Prove the pairs of a dataset again; the exit code."""
    from aifirst_codebase.tokens import get_counter
    from aifirst_model.aiccl.check_pairs import check_pairs, samples_of_splits
    from aifirst_model.dataset.folder import open_dataset
    from aifirst_model.dataset.record import SPLITS

    from aifirst_cli.model_wiring.codec import CompilerCodec

    opened = open_dataset(dataset)
    total = opened.manifest.samples
    with progress_bar("proving pairs") as update:
        checked = check_pairs(
            samples_of_splits(opened.samples(split) for split in SPLITS), CompilerCodec(),
            get_counter("o200k_base").count, (lambda done: update(done, total)) if update is not None else None,
        )  # fmt: skip
    if not checked.rows:
        raise Failure(f"{dataset} holds no pairs of AICCL. Give a dataset of aifirst model dataset aiccl.")
    _tell_checked(checked, shape)
    return 1 if checked.failed else 0


def _tell_checked(checked: Checked, shape: str) -> None:
    rows = sorted(checked.rows.items())
    if shape == "json":
        import msgspec

        told = {
            "version": 1, "failed": checked.failed, "others": checked.others, "reasons": dict(checked.reasons),
            "rows": [{"language": one[0], "resolution": one[1], "ratio": round(row.ratio, 4), **msgspec.to_builtins(row)}
                     for one, row in rows],
            "failures": msgspec.to_builtins(checked.failures),
        }  # fmt: skip
        write_output(msgspec.json.encode(told).decode() + "\n", None, for_programs=True)
        return
    for (language, resolution), row in rows:
        click.echo(
            f"{language} {resolution}: {row.proved:,} of {row.samples:,} proved, {row.ratio:.2f}x fewer tokens"
        )
    for failure in checked.failures:
        click.echo(f"{failure.sample} {failure.path}: {failure.reason}")
    if checked.others:
        click.echo(f"{checked.others:,} samples are no pairs of AICCL")

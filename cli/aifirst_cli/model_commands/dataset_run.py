"""Makes, mixes and shows datasets for the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.failure import Failure
from aifirst_cli.model_commands.dataset_options import listed
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar

if TYPE_CHECKING:
    from aifirst_model.dataset.collect.project_documents import Project
    from aifirst_model.dataset.folder import Manifest
    from aifirst_model.dataset.make import MakeSettings, Progress


def run_make(options: dict[str, Any]) -> int:
    """`make` with its options; the exit code."""
    from aifirst_model.dataset.make import make_dataset
    from aifirst_model.dataset.sample_file import SampleFile

    settings = _settings(options, _making(options))
    projects = projects_of(options["projects"])
    sources = [SampleFile(path, options["on_bad"]) for path in options["added"]]
    if not projects and not sources:
        raise Failure(
            "there is nothing to make a dataset of. Give the folders of projects, or samples with --add."
        )
    with progress_bar("making the dataset") as update:
        manifest = make_dataset(
            projects, options["out"], settings, sources=sources, progress=_progress(update),
            keep_work=options["keep_work"], jobs=options["jobs"],
        )  # fmt: skip
    _tell(manifest, options["out"], options["shape"])
    return 0


def run_mix(options: dict[str, Any]) -> int:
    """`mix` with its options; the exit code."""
    from aifirst_model.dataset.make import mix_datasets

    settings = _settings(options, {})
    with progress_bar("mixing the datasets") as update:
        manifest = mix_datasets(options["datasets"], options["out"], settings, progress=_progress(update))
    _tell(manifest, options["out"], options["shape"])
    return 0


def _progress(update: Callable[[int, int], None] | None) -> Progress | None:
    if update is None:
        return None

    def told(_: str, done: int, total: int) -> None:
        update(done, total)

    return told


def _making(options: dict[str, Any]) -> dict[str, dict[str, object]]:
    """The settings that only `make` has options for."""
    shares = listed(options["shares_of_splits"])
    try:
        parts = None if shares is None else [float(share) for share in shares]
    except ValueError:
        parts = []
    if parts is not None and len(parts) != 3:
        raise click.UsageError(
            "--split takes three numbers: the shares of train, validation and test, such as 90,5,5."
        )
    return {
        "pairs": _given(
            tasks=listed(options["tasks"]), both_ways=options["both_ways"] or None, commits=options["commits"]
        ),
        "collect": _given(
            is_own=options["own"] or None, licences=listed(options["licences"]),
            languages=listed(options["languages"]), keep_masked=False if options["drop_masked"] else None,
        ),
        "divide": _given(shares=parts, by=options["by"]),
    }  # fmt: skip


def _settings(options: dict[str, Any], changed: dict[str, dict[str, object]]) -> MakeSettings:
    """The settings of the file, if any, with the options over them."""
    from aifirst_model.dataset.settings_file import read_settings, settings_of, shares_of

    shares = shares_of(options["shares"]) if options["shares"] is not None else None
    changed = changed | {
        "mix": _given(shares=shares, total=options["total"], most_repeats=options["most_repeats"]),
        "": _given(
            jaccard=options["jaccard"], near=False if options["exact_only"] else None,
            benchmarks=[str(path) for path in options["benchmarks"]] or None,
        ),
    }  # fmt: skip
    if options["config"] is not None:
        return read_settings(options["config"], changed)
    return settings_of({}, changed, "the options")


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def projects_of(folders: Sequence[Path]) -> list[Project]:
    """Projects named after their folders, those of one name with the folder above in front."""
    from aifirst_model.dataset.collect.project_documents import Project

    roots = list(dict.fromkeys(folder.resolve() for folder in folders))
    names = Counter(root.name for root in roots)
    return [
        Project(root, root.name if names[root.name] == 1 else f"{root.parent.name}-{root.name}")
        for root in roots
    ]


def _tell(manifest: Manifest, out: Path, shape: str) -> None:
    import msgspec
    from aifirst_model.dataset.show_report import show_manifest

    if shape == "json":
        write_output(msgspec.json.encode(manifest).decode() + "\n", None, for_programs=True)
    else:
        click.echo(f"{out}\n{show_manifest(manifest)}")

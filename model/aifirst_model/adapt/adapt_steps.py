"""The steps of an adaptation; each leaves its result in the folder and is not done again where that is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.byte_size import show_bytes

from aifirst_model.adapt.adapt_error import AdaptError
from aifirst_model.adapt.adapt_report import REPORT_FILE, AdaptReport, Asked
from aifirst_model.adapt.line_gaps import LineGaps, choose_gaps, project_texts
from aifirst_model.adapt.measure_completer import measure_completer
from aifirst_model.adapt.prefix_lookup import PrefixLookup
from aifirst_model.adapt.score_lines import (
    Difference,
    Summary,
    compare_scores,
    score_line,
    summarise,
)  # fmt: skip
from aifirst_model.checkpoint.load_pretrained import load_pretrained_tokenizer
from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.checkpoint.read_json import read_json
from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.divide import DivideSettings
from aifirst_model.dataset.folder import open_dataset
from aifirst_model.dataset.gather import PairSettings
from aifirst_model.dataset.make import MakeSettings, make_dataset
from aifirst_model.dataset.record import Gap, Text
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.export.number_kinds import Kind
from aifirst_model.training.estimate import estimate
from aifirst_model.training.format_sample import find_fill_tokens
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.run_folder import Place
from aifirst_model.training.run_training import Progress, resume_training, run_training

Tell = Callable[[str, int, int], None]
_ASKED_FILE: Final = "asked.json"
_SHARES: Final = (85.0, 5.0, 10.0)
_LEAST_LINES: Final = 20


class HeldOut(msgspec.Struct, frozen=True):
    """The gaps of the held-out files that are measured on, and the files that may be looked at."""

    known: list[Text]
    gaps: list[Gap]


class Measured(msgspec.Struct, frozen=True):
    """What was measured on the held-out files."""

    gaps: list[Gap]
    files: int
    lookup: Summary
    base: Summary
    adapted: Summary
    difference: Difference


def begin(out: Path, asked: Asked) -> AdaptReport | None:
    """Take the folder for this work; the report where it is done already. Raises `AdaptError` for another's folder."""
    path = out / _ASKED_FILE
    if path.is_file():
        try:
            before = msgspec.json.decode(path.read_bytes(), type=Asked)
        except msgspec.MsgspecError:
            before = None
        if before != asked:
            is_same = before is not None and (before.project, before.base) == (asked.project, asked.base)
            if (
                is_same and not (out / "run").exists()
            ):  # only the dataset is there, which all settings have in common
                path.write_bytes(msgspec.json.encode(asked))
                return None
            raise AdaptError(
                f"{out} holds another work (another project, base or setting)", "name another folder with -o"
            )
        if (out / REPORT_FILE).is_file():
            report = msgspec.json.decode((out / REPORT_FILE).read_bytes(), type=AdaptReport)
            return report if (out / report.file).is_file() else None
        return None
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise AdaptError(f"{out} holds something else", "name another folder with -o")
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.encode(asked))
    except OSError as error:
        raise AdaptError(
            f"{out} cannot be written ({error.strerror})", "name another folder with -o"
        ) from None
    return None


def check_base(base: Checkpoint) -> None:
    """Raise `AdaptError` for a base that cannot be made a completer."""
    if base.adapter_of is not None:
        raise AdaptError(f"{base.folder} is an adapter", "merge it first (aifirst model merge)")
    if find_fill_tokens(load_pretrained_tokenizer(base.folder).get_vocab()) is None:
        raise AdaptError(
            f"{base.name} has no tokens for a gap, so it cannot complete between two texts",
            "take a base that has them, as Qwen2.5-Coder",
        )


def make_data(project: Project, settings: CollectSettings, data: Path, tell: Tell) -> None:
    """The dataset of the project's gaps, divided by files, repeats left out. `hold_out` says whether it is enough."""
    if (data / "dataset.json").is_file():
        return
    make = MakeSettings(
        collect=settings, pairs=PairSettings(tasks=("fill",)), divide=DivideSettings(_SHARES, "file")
    )
    make_dataset(
        [project], data, make, sources=[LineGaps(project, settings)],
        progress=lambda what, done, total: tell(f"samples: {what}", done, total),
    )  # fmt: skip


def check_extent(
    recipe: Recipe, base: Checkpoint, data: Path, run: Path, tell: Tell, *, anyway: bool
) -> None:
    """Tell what the training will take. Raises `AdaptError` where that is more than there is, unless `anyway`."""
    if Place(run).record.is_file():
        return
    told = estimate(recipe, base, open_dataset(data, verify=False), run)
    memory = f"about {show_bytes(told.memory)} of memory, {show_bytes(told.free)} are free"
    disk = f"about {show_bytes(told.disk)} of disk, {show_bytes(told.disk_free)} are free"
    minutes = f"about {max(1, round(told.seconds / 60)):,} minutes for {told.steps:,} steps"
    tell(f"training will take {memory}; {disk}; {minutes}", 0, 1)
    if not told.fits and not anyway:
        raise AdaptError(
            f"memory or disk will hardly suffice ({memory}; {disk})",
            "give a smaller base, --length or --batch, or start it all the same with --yes",
        )


def train(recipe: Recipe, base: Checkpoint, data: Path, run: Path, tell: Tell) -> Path:
    """The folder of the adapter, trained, or trained to its end where it was stopped."""

    def report(progress: Progress) -> None:
        loss = "" if progress.loss is None else f", loss {progress.loss:.3f}"
        tell(f"training{loss}", progress.step, progress.steps)

    place = Place(run)
    if place.record.is_file():
        if (place.result / "adapter_config.json").is_file():
            return place.result
        outcome = resume_training(run, report)
    else:
        outcome = run_training(recipe, base, data, run, report)
    if outcome.result is None:
        raise KeyboardInterrupt  # the training took it to save where it was; it stops all of this
    return outcome.result


def export(checkpoint: Checkpoint, path: Path, kind: Kind, tell: Tell) -> Path:
    """The checkpoint as a GGUF file."""
    if not path.is_file():
        export_gguf(
            checkpoint, path, kind, report=lambda done, total: tell(f"writing {path.name}", done, total)
        )
    return path


def hold_out(project: Project, settings: CollectSettings, data: Path, batch: int, most: int) -> HeldOut:
    """What is measured on. Raises `AdaptError` where it, or what is learned from, is too little to say anything.

    That is found before hours of training, and the dataset goes: the next one may be of more files.
    """
    known, held = _divide(project, settings, data)
    gaps, samples = choose_gaps(held, most), open_dataset(data, verify=False).count("train")
    if len(gaps) < _LEAST_LINES or samples < batch:
        shutil.rmtree(data)
        raise AdaptError(
            f"{project.root} has too little source: {samples} gaps to learn from ({batch} are the least), {len(gaps)} "
            f"lines to complete in {len(held)} held-out files ({_LEAST_LINES} are the least)",
            "give a larger project, or one with more files: whole files are held out",
        )
    return HeldOut(known, gaps)


def measure(
    held: HeldOut, merged: Path, base: Path, adapted: Path, window: int, threads: int, tell: Tell
) -> Measured:
    """Complete the same lines of the held-out files in three ways."""
    gaps, lookup = held.gaps, PrefixLookup(held.known)
    looked = [score_line(gap.middle, lookup.complete(gap)) for gap in gaps]
    window = min(window, int(read_json(merged / "config.json").get("max_position_embeddings", window)))
    theirs, base_time = measure_completer(
        base, merged, gaps, window, threads=threads, tell=lambda done, all_: tell("measuring the base", done, all_)
    )  # fmt: skip
    ours, adapted_time = measure_completer(
        adapted, merged, gaps, window, threads=threads, tell=lambda done, all_: tell("measuring the adapted", done, all_)
    )  # fmt: skip
    return Measured(
        gaps, len({gap.about.path for gap in gaps}), summarise("lookup", looked), summarise("base", theirs, base_time),
        summarise("adapted", ours, adapted_time), compare_scores(ours, theirs),
    )  # fmt: skip


def _divide(project: Project, settings: CollectSettings, data: Path) -> tuple[list[Text], list[Text]]:
    """The files that may be looked at, and those that are held out."""
    out = {sample.about.path for sample in open_dataset(data, verify=False).samples("test")}
    known: list[Text] = []
    held: list[Text] = []
    for text in project_texts(project, settings):
        (held if text.about.path in out else known).append(text)
    return known, held

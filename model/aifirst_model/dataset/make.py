"""Makes a dataset of projects and of samples that others made, in steps that a stopped run need not do again.

Collect, pairs, add, divide, deduplicate, decontaminate, mix: each leaves a file and a report in `DIR.work`, which
goes when the dataset is there. Samples stay on disk; of each only a few numbers are held. The same input and settings
give the same bytes.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.divide import DivideSettings
from aifirst_model.dataset.divide_samples import divide_samples
from aifirst_model.dataset.find_problems import find_problems
from aifirst_model.dataset.find_repeats import find_repeats
from aifirst_model.dataset.folder import DatasetWriter, Manifest, check_place, open_dataset
from aifirst_model.dataset.gather import PairSettings, together
from aifirst_model.dataset.gather_all import gather_all
from aifirst_model.dataset.lines import SampleWriter
from aifirst_model.dataset.mix_and_order import mix_and_order
from aifirst_model.dataset.mixing import MixSettings
from aifirst_model.dataset.record import SPLITS, Sample
from aifirst_model.dataset.sample_file import SampleFile
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.benchmark_texts import read_problems
from aifirst_model.dataset.similar.contamination import RULES
from aifirst_model.dataset.similar.duplicates import THRESHOLD
from aifirst_model.dataset.similar.min_hash import load_rensa
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Bytes, Workshop, digest

Progress = Callable[[str, int, int], None]


class SampleSource(Protocol):
    """Samples that are made elsewhere: by another floor, by a model, by hand. `key` changes when they do."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def key(self) -> str:
        """A digest of what the samples depend on."""
        ...

    def samples(self) -> Iterator[Sample]:
        """All of them in an order that does not change."""
        ...


class MakeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a dataset is made; `near` False leaves only exact duplicates out, without rensa."""

    collect: CollectSettings = CollectSettings()
    pairs: PairSettings = PairSettings()
    divide: DivideSettings = DivideSettings()
    mix: MixSettings = MixSettings()
    near: bool = True
    jaccard: float = THRESHOLD
    benchmarks: tuple[str, ...] = ()


def make_dataset(
    projects: Sequence[Project],
    out: Path,
    settings: MakeSettings | None = None,
    *,
    sources: Sequence[SampleSource] = (),
    progress: Progress | None = None,
    keep_work: bool = False,
    jobs: int = 1,
) -> Manifest:
    """Make the dataset in `out` and return its manifest. Raises `DatasetError`, and `NeedsExtraError` without rensa.

    Steps that an earlier run finished in `out.work` are taken from there. `jobs` are the processes that read projects, 0
    for one a processor; what they give does not depend on how many there are.
    """
    settings = settings or MakeSettings()
    check_place(out)
    _check_names(projects)
    if settings.near:
        load_rensa()  # rather now than when all else is done
    with Workshop(out.with_name(f"{out.name}.work")) as workshop:
        making = _Making(workshop, settings, progress, jobs)
        making.gather(projects, sources)
        with SampleStore(making.paths) as store:
            if not len(store):
                raise DatasetError(
                    "no sample was made",
                    _why_none(making.reports) or "give projects with source, or other --tasks",
                )
            splits = making.divide(store)
            kept = making.decontaminate(store, making.deduplicate(store, splits))
            manifest = making.write(store, splits, kept, out)
    if not keep_work:
        shutil.rmtree(workshop.folder, ignore_errors=True)
    return manifest


def _check_names(projects: Sequence[Project]) -> None:
    twice = [name for name, count in Counter(project.name for project in projects).items() if count > 1]
    if twice:
        raise DatasetError(
            f"two projects are called {twice[0]}", "rename one folder: the name tells projects apart"
        )


def _why_none(reports: Sequence[StepReport]) -> str:
    return "; ".join(sentence for report in reports for sentence in report.told)[:600]


class _Making:
    """One run: the workshop, and the reports so far."""

    def __init__(
        self, workshop: Workshop, settings: MakeSettings, progress: Progress | None, jobs: int = 1
    ) -> None:
        self._jobs = jobs
        self._workshop = workshop
        self._settings = settings
        self._progress = progress
        self._key = ""
        self.paths: list[Path] = []
        self.reports: list[StepReport] = []

    def gather(self, projects: Sequence[Project], sources: Sequence[SampleSource]) -> None:
        """Collect and pairs of every project, then the samples that others made."""
        done = gather_all(
            self._workshop, projects, self._settings.collect, self._settings.pairs, self._jobs,
            lambda done, total: self._tell("collecting", done, total),
        )  # fmt: skip
        self.paths += [one.path for one in done if one.path is not None]
        if projects:
            self.reports.append(together("collect", [one.collected for one in done]))
            self.reports.append(together("pairs", [one.paired for one in done]))
        for source in sources:
            self.paths.append(self._add(source))
        self._key = digest([path.name for path in self.paths])

    def take(self, paths: Sequence[Path], key: str) -> None:
        """Go on with files of samples that are there; `key` stands for what is in them."""
        self.paths = list(paths)
        self._key = key

    def _add(self, source: SampleSource) -> Path:
        def copied(writer: SampleWriter) -> StepReport:
            for sample in source.samples():
                writer.write(sample)
            bad, told = (source.passed_over, source.told) if isinstance(source, SampleFile) else (0, [])
            return StepReport(
                "add", writer.samples + bad, writer.samples, {"no sample": bad} if bad else {},
                parameters={"source": source.name}, told=tuple(told),
            )  # fmt: skip

        path, report = self._workshop.samples("added", digest("add", source.name, source.key), copied)
        self.reports.append(report)
        return path

    def divide(self, store: SampleStore) -> Bytes:
        """The split of every sample by its place in `SPLITS`, 255 for one that is of several groups."""
        settings = self._settings.divide
        return self._step("divide", [self._key, settings], lambda: divide_samples(store, settings))

    def deduplicate(self, store: SampleStore, splits: Bytes) -> npt.NDArray[np.bool_]:
        """Whether a sample stays: it repeats none that does."""
        settings = self._settings

        def made() -> tuple[Bytes, StepReport]:
            def tell(done: int, total: int) -> None:
                self._tell("deduplicating", done, total)

            return find_repeats(store, splits, settings.jaccard, tell, near=settings.near)

        parts = [self._key, settings.divide, settings.near, settings.jaccard]
        return self._step("deduplicate", parts, made) == 0

    def decontaminate(self, store: SampleStore, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether a sample stays that stayed so far: it holds no problem of a benchmark."""
        came = int(kept.sum())
        paths = [Path(path) for path in self._settings.benchmarks]
        if not paths:
            self.reports.append(
                StepReport(
                    "decontaminate",
                    came,
                    came,
                    told=("no benchmark was given, nothing was looked for",),
                )
            )
            return kept
        problems = [problem for path in paths for problem in read_problems(path)]

        def made() -> tuple[Bytes, StepReport]:
            return find_problems(
                store, kept, problems, paths, lambda done, total: self._tell("decontaminating", done, total)
            )

        parts = [self._key, RULES, problems, digest(kept.tobytes().hex())]
        return kept & (self._step("decontaminate", parts, made) == 0)

    def write(self, store: SampleStore, splits: Bytes, kept: npt.NDArray[np.bool_], out: Path) -> Manifest:
        """Mix training, put all in an order that says nothing, and write the folder."""
        orders = mix_and_order(store, splits, kept, self._settings.mix, self.reports)
        total, done = sum(map(len, orders)), 0
        with DatasetWriter(out) as writer:
            for split, order in zip(SPLITS, orders, strict=True):
                for number in order:
                    writer.write(split, store.at(int(number)))
                    done += 1
                    if done % 1_000 == 0:
                        self._tell("writing", done, total)
            return writer.finish(self.reports)

    def _step(
        self, name: str, parts: Sequence[object], made: Callable[[], tuple[Bytes, StepReport]]
    ) -> Bytes:
        self._tell(name, 0, 1)
        found, report = self._workshop.numbers(name, digest(name, *parts), made)
        self.reports.append(report)
        return found

    def _tell(self, what: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(what, done, total)


def mix_datasets(
    folders: Sequence[Path],
    out: Path,
    settings: MakeSettings | None = None,
    *,
    progress: Progress | None = None,
) -> Manifest:
    """One dataset of several, every sample in the split that it had. Raises as `make_dataset` does.

    What repeats another is dropped as in the making, so that what one dataset tests is not what another trains.
    """
    settings = settings or MakeSettings()
    check_place(out)
    datasets = [open_dataset(folder) for folder in folders]
    with Workshop(out.with_name(f"{out.name}.work")) as workshop:
        making = _Making(workshop, settings, progress)
        places = [(number, dataset.path(split), dataset.count(split)) for dataset in datasets
                  for number, split in enumerate(SPLITS) if dataset.count(split)]  # fmt: skip
        sums = [file.sha256 for dataset in datasets for file in dataset.manifest.files.values()]
        making.take([path for _, path, _ in places], digest(sums))
        for dataset in datasets:
            count = dataset.manifest.samples
            making.reports.append(
                StepReport("open", count, count, parameters={"source": dataset.manifest.name})
            )
        splits = np.concatenate(
            [np.zeros(0, np.uint8), *(np.full(count, number, np.uint8) for number, _, count in places)]
        )
        with SampleStore(making.paths) as store:
            kept = making.decontaminate(store, making.deduplicate(store, splits))
            manifest = making.write(store, splits, kept, out)
    shutil.rmtree(workshop.folder, ignore_errors=True)
    return manifest

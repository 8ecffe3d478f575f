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
from typing import Final, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.divide import ENOUGH_PROJECTS, DivideSettings, choose_by, divide, group_of
from aifirst_model.dataset.folder import DatasetWriter, Manifest, check_place, open_dataset
from aifirst_model.dataset.gather import PairSettings, together
from aifirst_model.dataset.gather_all import gather_all
from aifirst_model.dataset.lines import SampleWriter
from aifirst_model.dataset.mixing import MixSettings, part_of, plan_mix
from aifirst_model.dataset.record import SPLITS, Sample, sample_id
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.benchmark_texts import read_problems
from aifirst_model.dataset.similar.contamination import RULES, Contamination
from aifirst_model.dataset.similar.duplicates import REASONS, THRESHOLD, describe, find_exact, find_near
from aifirst_model.dataset.similar.min_hash import load_rensa
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Workshop, digest

Bytes = npt.NDArray[np.uint8]
Progress = Callable[[str, int, int], None]
_NOWHERE: Final = 255
_TOLD_HITS: Final = 20


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
            return StepReport("add", writer.samples, writer.samples, parameters={"source": source.name})

        path, report = self._workshop.samples("added", digest("add", source.name, source.key), copied)
        self.reports.append(report)
        return path

    def divide(self, store: SampleStore) -> Bytes:
        """The split of every sample by its place in `SPLITS`, 255 for one that is of several groups."""
        settings = self._settings.divide

        def made() -> tuple[Bytes, StepReport]:
            projects = {sample.about.group or sample.about.project for sample in store} - {""}
            by = choose_by(settings.by, len(projects) or ENOUGH_PROJECTS)
            groups: dict[str, int] = {}
            owners = np.fromiter(
                (groups.setdefault(group_of(sample, by), len(groups)) for sample in store),
                np.int64,
                len(store),
            )
            names = list(groups)
            sizes = {name: int(size) for name, size in zip(names, np.bincount(owners), strict=True) if name}
            placed = divide(sizes, settings)
            table = np.array(
                [SPLITS.index(placed[name]) if name in placed else _NOWHERE for name in names], np.uint8
            )
            splits = table[owners]
            lost = int(np.sum(splits == _NOWHERE))
            counts = {split: int(np.sum(splits == number)) for number, split in enumerate(SPLITS)}
            counts.update({f"groups of {split}": list(placed.values()).count(split) for split in SPLITS})
            return splits, StepReport(
                "divide", len(store), len(store) - lost, {"of several groups": lost} if lost else {},
                parameters={"by": by, "shares": [f"{share:g}" for share in settings.shares], "seed": settings.seed},
                counts=counts, told=_uneven(counts, settings),
            )  # fmt: skip

        return self._step("divide", [self._key, settings], made)

    def deduplicate(self, store: SampleStore, splits: Bytes) -> npt.NDArray[np.bool_]:
        """Whether a sample stays: it repeats none that does."""
        settings = self._settings

        def made() -> tuple[Bytes, StepReport]:
            described = describe(store, splits)
            verdicts = find_exact(described)
            verdicts[splits == _NOWHERE] = len(REASONS)
            figures: dict[str, int] = {}
            if settings.near:
                verdicts, figures = find_near(
                    store, described, verdicts, threshold=settings.jaccard,
                    progress=lambda done, total: self._tell("deduplicating", done, total),
                )  # fmt: skip
            dropped = {
                reason: int(np.sum(verdicts == number)) for number, reason in enumerate(REASONS) if number
            }
            came, went = int(np.sum(splits != _NOWHERE)), int(np.sum(verdicts == 0))
            told = () if settings.near else ("only exact duplicates were looked for",)
            told += (_moved(store, splits != _NOWHERE, verdicts == 0),)
            return verdicts, StepReport(
                "deduplicate", came, went, dropped, counts=figures, told=told,
                parameters={"jaccard": settings.jaccard, "near": settings.near},
            )  # fmt: skip

        verdicts = self._step(
            "deduplicate", [self._key, settings.divide, settings.near, settings.jaccard], made
        )
        return verdicts == 0

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
            search = Contamination(problems)
            hits = np.zeros(len(store), np.uint8)
            rules, found = Counter[str](), Counter[str]()
            for number, sample in enumerate(store):
                if kept[number] and (hit := search.found_in(sample)) is not None:
                    hits[number] = 1
                    rules[hit[1]] += 1
                    found[problems[hit[0]].name] += 1
                if number % 1_000 == 0:
                    self._tell("decontaminating", number, len(store))
            listed = [f"{name} in {count}" for name, count in sorted(found.items())]
            more = [f"and {len(listed) - _TOLD_HITS} problems more"] if len(listed) > _TOLD_HITS else []
            return hits, StepReport(
                "decontaminate", came, came - int(hits.sum()), dict(rules),
                parameters={"benchmarks": [path.name for path in paths]},
                counts={"problems": len(problems), "problems found": len(found)},
                told=(f"found: {', '.join([*listed[:_TOLD_HITS], *more])}",) if listed else (),
            )  # fmt: skip

        return kept & (
            self._step("decontaminate", [self._key, RULES, problems, digest(kept.tobytes().hex())], made) == 0
        )

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


def _moved(store: SampleStore, before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> str:
    """By how much leaving samples out moved the shares of categories and levels, as a sentence."""
    counts = [Counter[str](), Counter[str]()]
    for number, sample in enumerate(store):
        for counted, kept in zip(counts, (before, after), strict=True):
            if kept[number]:
                counted.update((f"category {sample.about.category}", f"level {sample.about.level}"))
    first, last = (max(1, int(kept.sum())) for kept in (before, after))
    moves = {name: abs(count / first - counts[1][name] / last) for name, count in counts[0].items()}
    most = max(moves.values(), default=0.0)
    return f"the share of no category and no level moved by more than {100 * most:.2f} points"


def _uneven(counts: dict[str, int], settings: DivideSettings) -> tuple[str, ...]:
    """What a person should know where groups were too few or too large for the shares."""
    total, whole = sum(counts[split] for split in SPLITS) or 1, sum(settings.shares) or 1.0
    told: list[str] = []
    for split, share in zip(SPLITS, settings.shares, strict=True):
        wanted, got = 100 * share / whole, 100 * counts[split] / total
        if abs(got - wanted) > max(5.0, wanted / 2):
            told.append(
                f"{split} holds {got:.0f} % of the samples, not {wanted:.0f} %: groups are not divided"
            )
    return tuple(told)


def mix_and_order(
    store: SampleStore,
    splits: Bytes,
    kept: npt.NDArray[np.bool_],
    settings: MixSettings,
    reports: list[StepReport],
) -> list[npt.NDArray[np.int64]]:
    """The numbers of the samples of each split in the order they are written; the mix's report is added."""
    ids = np.zeros(len(store), np.uint64)
    parts: dict[str, list[int]] = {}
    for number, sample in enumerate(store):
        if kept[number]:
            ids[number] = int(sample_id(sample), 16)
            if splits[number] == 0:
                parts.setdefault(part_of(sample.about.task, settings.shares), []).append(number)
    train = np.flatnonzero(kept & (splits == 0))
    if settings.shares:
        plans, told = plan_mix({part: len(numbers) for part, numbers in parts.items()}, settings)
        chosen: list[npt.NDArray[np.int64]] = [np.zeros(0, np.int64)]
        for plan in plans:
            numbers = np.array(parts[plan.part], np.int64)
            numbers = numbers[np.argsort(ids[numbers], kind="stable")]
            chosen.append(np.resize(numbers, plan.taken))
        taken = np.concatenate(chosen)
        dropped = {
            f"{plan.part}: more than its share": plan.there - min(plan.taken, plan.there) for plan in plans
            if plan.taken < plan.there
        }  # fmt: skip
        if parts.get(""):
            dropped["of no part that a share was asked for"] = len(parts[""])
        counts = {plan.part: plan.taken for plan in plans}
        reports.append(
            StepReport(
                "mix", len(train), len(taken), dropped, counts=counts, told=tuple(told), parameters={"shares":
                dict(settings.shares), "total": settings.total, "most_repeats": settings.most_repeats},
            )
        )  # fmt: skip
        train = taken
    others = [np.flatnonzero(kept & (splits == number)) for number in range(1, len(SPLITS))]
    return [numbers[np.argsort(_scattered(ids[numbers]), kind="stable")] for numbers in (train, *others)]


def _scattered(ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers whose order has nothing to do with that of the ids, which chose the mix; repeats of one lie apart."""
    repeats = np.zeros(len(ids), np.uint64)
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ids) else order
    lengths = np.diff(np.concatenate((starts, [len(ids)])))
    repeats[order] = (np.arange(len(ids)) - np.repeat(starts, lengths)).astype(np.uint64)
    mixed = (ids + repeats * np.uint64(0xD1B54A32D192ED03)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    return mixed * np.uint64(0xBF58476D1CE4E5B9)

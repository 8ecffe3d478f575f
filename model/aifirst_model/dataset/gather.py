"""The two steps a project: its documents, and the samples made of them. Each is streamed into a file of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from aifirst_codebase.tokens.counter import get_counter

from aifirst_model.dataset.collect.licence_names import is_allowed
from aifirst_model.dataset.collect.project_documents import (
    Collected,
    CollectSettings,
    Project,
    documents,
    find_files,
)
from aifirst_model.dataset.collect.project_licences import ProjectLicences
from aifirst_model.dataset.lines import SampleWriter, read_samples
from aifirst_model.dataset.pairs.commit_messages import make_commits
from aifirst_model.dataset.pairs.makers import DEFAULT_TASKS, MAKERS, REVERSED
from aifirst_model.dataset.pairs.material import Material
from aifirst_model.dataset.pairs.project_questions import ProjectFacts
from aifirst_model.dataset.record import About, Sample, Text, texts_of
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Workshop, digest


class PairSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is made of documents: `tasks` by the names of `pairs.makers`, `commits` the newest ones that are looked at."""

    tasks: tuple[str, ...] = DEFAULT_TASKS
    both_ways: bool = False
    commits: int = 1000


def nothing() -> None:
    """Let the work go on."""


def gather(
    workshop: Workshop,
    project: Project,
    collect: CollectSettings,
    pairs: PairSettings,
    go_on: Callable[[], None] = nothing,
) -> tuple[Path, StepReport, StepReport]:
    """The file of a project's samples, and the reports of collecting and of making pairs.

    `go_on` is called for every document and sample; what it raises ends the work.
    """
    found = find_files(project, with_prose=bool({"documents", "file"} & {*pairs.tasks}))
    seen = [(file.path, file.size, file.mtime_ns) for file in found.files]
    key = digest("collect", project.name, project.licence, str(project.root.resolve()), collect, seen)

    def collected(writer: SampleWriter) -> StepReport:
        count = Collected()
        for document in documents(project, found, collect, count):
            go_on()
            writer.write(document)
        return _report_of(count)

    texts, first = workshop.samples(f"{_slug(project.name)}-documents", key, collected)

    def paired(writer: SampleWriter) -> StepReport:
        dropped = Counter[str]()
        made = Counter[str]()
        for sample in _samples(project, texts, collect, pairs, dropped):
            go_on()
            made[sample.about.task] += 1
            writer.write(sample)
        left = {f"commit: {reason}": number for reason, number in _counted(dropped).items()}
        return StepReport("pairs", first.went, writer.samples, left, counts=_counted(made))

    history = _newest_commit(project.root) if "diff-to-message" in pairs.tasks else ""
    path, second = workshop.samples(
        f"{_slug(project.name)}-pairs", digest("pairs", key, pairs, history), paired
    )
    return path, first, second


def _samples(
    project: Project, texts: Path, collect: CollectSettings, pairs: PairSettings, dropped: Counter[str]
) -> Iterator[Sample]:
    """All samples of a project, their tokens counted."""
    count = get_counter().count
    for sample in _uncounted(project, texts, collect, pairs, dropped):
        tokens = sum(count(text) for text in texts_of(sample))
        yield msgspec.structs.replace(sample, about=msgspec.structs.replace(sample.about, tokens=tokens))


def _uncounted(
    project: Project, texts: Path, collect: CollectSettings, pairs: PairSettings, dropped: Counter[str]
) -> Iterator[Sample]:
    makers = [maker for task in pairs.tasks for maker in MAKERS.get(task, ())]
    if pairs.both_ways:
        makers += [REVERSED[task] for task in pairs.tasks if task in REVERSED]
    facts = ProjectFacts(project.name) if "project-question" in pairs.tasks else None
    for document in read_samples(texts):
        assert isinstance(document, Text)  # noqa: S101 -- written by the step before
        material = Material(document)
        for maker in makers:
            yield from maker(material)
        if facts is not None:
            facts.add(material)
    if facts is not None:
        yield from facts.questions()
    if "diff-to-message" in pairs.tasks:
        yield from _commits(project, collect, pairs, dropped)


def _commits(
    project: Project, collect: CollectSettings, pairs: PairSettings, dropped: Counter[str]
) -> Iterator[Sample]:
    licences = ProjectLicences(project.root)

    def may_use(path: str) -> bool:
        return collect.is_own or is_allowed(project.licence or licences.of_file(path, ""), collect.licences)

    licence = project.licence or licences.of_project()
    about = About(project=project.name, licence=licence, group=project.name)
    return make_commits(project.root, about, pairs.commits, may_use, dropped, both_ways=pairs.both_ways)


def _newest_commit(root: Path) -> str:
    """What tells another history from this one."""
    from aifirst_codebase.git import Git, GitError

    if not (root / ".git").exists():
        return ""
    try:
        return Git(root).run("rev-parse", "--verify", "--quiet", "HEAD", allowed=(0, 1, 128)).decode().strip()
    except GitError:
        return ""


def _report_of(count: Collected) -> StepReport:
    counts = {"bytes": count.bytes, "secrets masked in files": count.masked}
    counts.update({f"under {licence}": number for licence, number in count.licences.items()})
    return StepReport(
        "collect",
        count.files,
        count.documents,
        _counted(count.dropped),
        counts=counts,
        told=tuple(count.told),
    )


def _counted(counter: Counter[str]) -> dict[str, int]:
    """What was counted, largest first, nothing that is zero."""
    return {
        name: number for name, number in sorted(counter.items(), key=lambda one: (-one[1], one[0])) if number
    }


def _slug(name: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in name)[:60]


def together(name: str, reports: list[StepReport]) -> StepReport:
    """The reports of one step for many projects as one."""
    dropped, counts = Counter[str](), Counter[str]()
    for report in reports:
        dropped.update(report.dropped)
        counts.update(report.counts)
    told = tuple(sentence for report in reports for sentence in report.told)
    return StepReport(
        name, sum(report.came for report in reports), sum(report.went for report in reports), _counted(dropped),
        round(sum(report.seconds for report in reports), 2),
        round(sum(report.cpu_seconds for report in reports), 2), counts=_counted(counts), told=told,
    )  # fmt: skip

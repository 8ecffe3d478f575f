"""Gathers many projects, in several processes where that is asked for; what comes of them has the projects' order.

A project whose process dies of it, by a grammar that crashed or for the memory it took, is left out and said; the others
go on. In one process, which is the default, nothing is caught that way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from aifirst_codebase.worker_pool import Work, WorkersEndedError, can_run_in_workers, run_in_workers

from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.gather import PairSettings, gather
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Workshop
from aifirst_model.errors import LocalError

_PROJECT_BYTES = 1_000_000
"""What a project counts for when work is handed out: each alone, since they differ by more than can be known."""


class Gathered(NamedTuple):
    """What came of a project; `path` is None for one that was lost, `error` what is wrong and the next step."""

    name: str
    path: Path | None
    collected: StepReport
    paired: StepReport
    error: tuple[str, str] | None = None


_orders: list[tuple[Path, CollectSettings, PairSettings, Path]] = []
"""In a worker: the folder and settings that all its projects are gathered with, and the file that says to stop."""


def gather_all(
    workshop: Workshop,
    projects: Sequence[Project],
    collect: CollectSettings,
    pairs: PairSettings,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Gathered]:
    """Gather the projects with `jobs` processes, 0 for one a processor. Raises `DatasetError` for the first that cannot.

    So does the ending of the processes from outside, again and again.
    """
    found: dict[str, Gathered] = {}
    for done in _results(workshop, projects, collect, pairs, jobs):
        found[done.name] = done
        if done.error is not None:
            raise DatasetError(*done.error)
        if progress is not None:
            progress(len(found), len(projects))
    return [found[project.name] for project in projects]


def _results(
    workshop: Workshop, projects: Sequence[Project], collect: CollectSettings, pairs: PairSettings, jobs: int
) -> Iterator[Gathered]:
    if jobs == 1 or not can_run_in_workers(len(projects), jobs):
        for project in projects:
            yield Gathered(project.name, *gather(workshop, project, collect, pairs))
        return
    stop = workshop.folder / f".stop-{os.getpid()}"
    stop.unlink(missing_ok=True)
    work = Work(_set_up, (workshop.folder, collect, pairs, stop), _gather_one, _lost, _size, _name)
    is_whole = False
    try:
        yield from run_in_workers(work, projects, jobs)
        is_whole = True
    except WorkersEndedError:
        raise DatasetError(
            "the processes that read projects were ended from outside",
            "free memory, or run it again with --jobs 1",
        ) from None
    finally:
        if not is_whole:  # a project may take minutes, which who pressed Ctrl-C would wait for
            stop.touch()


def _set_up(folder: Path, collect: CollectSettings, pairs: PairSettings, stop: Path) -> None:
    _orders[:] = [(folder, collect, pairs, stop)]


def _go_on() -> None:
    if _orders[0][3].exists():
        raise DatasetError("the run was stopped", "run it again to go on")


def _gather_one(project: Project) -> Gathered:
    folder, collect, pairs, _ = _orders[0]
    try:
        return Gathered(project.name, *gather(Workshop(folder), project, collect, pairs, _go_on))
    except LocalError as error:  # it would not come through the pipe as what it is
        nothing = StepReport("collect", 0, 0)
        return Gathered(project.name, None, nothing, nothing, (error.what, error.next_step))


def _lost(project: Project) -> Gathered:
    told = f"{project.name}: the process that read it died, so it was left out; exclude what it died of, or try --jobs 1"
    return Gathered(project.name, None, StepReport("collect", 0, 0, told=(told,)), StepReport("pairs", 0, 0))


def _size(_: Project) -> int:
    return _PROJECT_BYTES


def _name(project: Project) -> str:
    return project.name

"""Makes the index and the dependency graph of a project, or brings them up to date; for a worker of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """The project at `root`; `jobs` processes read it."""

    root: str
    jobs: int = 1


class Answer(msgspec.Struct, frozen=True):
    """What the run did; figures are files. `changed` says that it found anything to do."""

    files: int
    units: int
    read: int
    changed: bool
    seconds: float
    notices: tuple[str, ...] = ()


def answer(desk: Desk, question: Question) -> Answer:
    """Index first, then the graph; what an interrupted run has done stays, and the next goes on from there."""
    from pathlib import Path

    from aifirst_memory.dependencies.build import update_dependencies
    from aifirst_memory.update import UpdateRequest, update_memory

    from aifirst_lsp_server.workers.librarian import told_errors

    root = Path(question.root)
    with told_errors():
        report = update_memory(
            UpdateRequest(root, jobs=question.jobs), lambda done, total: desk.progress(done, total, "reading")
        )
        graph = update_dependencies(
            root, jobs=question.jobs,
            progress=lambda phase, done, total: desk.progress(
                done, total, "reading names" if phase == "read" else "resolving names"
            ),
        )  # fmt: skip
    return Answer(
        report.files, report.units, report.read, report.changed or graph.changed, report.seconds + graph.seconds,
        (*report.notices, *graph.notices),
    )  # fmt: skip

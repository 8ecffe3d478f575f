"""Brings the index and the graph up to date with a few files that were saved.

Asked of the librarian, whose next answers know them. It never waits for another writer: who else indexes takes the files
in, or they are named again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_memory.dependencies.build import DependencySession
    from aifirst_memory.update import IndexSession

    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """Root-relative paths of files and folders that changed, in the project at `root`."""

    root: str
    paths: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """`busy` says that somebody else is writing and nothing was done; else how many files were taken in."""

    busy: bool = False
    read: int = 0
    removed: int = 0
    files: int = 0
    units: int = 0


class _BusyError(Exception):
    """Another process writes."""


def answer(desk: Desk, question: Question) -> Answer:
    """Take the files in; the sessions are kept, so that a file costs only itself."""
    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    memory_of(desk, question.root)  # raises where there is no index: a save makes none
    index, graph = desk.keep(f"sessions {question.root}", lambda: _open(question.root))
    try:
        with told_errors():
            report = index.update(question.paths)
            graph.update(question.paths)
    except _BusyError:
        return Answer(busy=True)
    return Answer(False, report.read, report.removed, report.files, report.units)


def _open(root: str) -> tuple[IndexSession, DependencySession]:
    from pathlib import Path

    from aifirst_memory.dependencies.build import DependencySession
    from aifirst_memory.update import IndexSession, UpdateRequest

    def refuse(holder: int) -> None:
        raise _BusyError(holder)

    place = Path(root)
    return IndexSession(UpdateRequest(place), waiting=refuse), DependencySession(place, waiting=refuse)

"""Makes the index or the dependency graph of a project, or brings it up to date; for a worker of its own.

One worker a part: what the first leaves behind in memory would be on top of what the second takes. For the same reason
a worker that has read a good deal and holds much leaves the rest to the next: what it has read is written already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


_FULL = 120 << 20
_LEAST_GROWTH = 28 << 20
"""Bytes that a worker holds, and has taken while it read, when it leaves the rest of the files to the next."""
_FULL_AT_END = 96 << 20
"""Bytes from which on even putting together what was read is left to the next: that takes as much again."""
_LEAST_FILES = 200
_MOST_WORKERS = 10
"""A worker looks at all files before it reads any: of a very large project each takes its share, whatever it holds."""
_MANY_FILES = 1000
"""More than the graph takes in as one transaction, of which nothing would stay."""


class Question(msgspec.Struct, frozen=True):
    """The project at `root`; `jobs` processes read it. The index comes first: the graph rests on it."""

    root: str
    part: Literal["index", "graph"]
    jobs: int = 1
    whole: bool = False
    """Whether to go on to the end, whatever it takes."""


class Answer(msgspec.Struct, frozen=True):
    """What the run did; figures are files. `changed` says that it found anything to do.

    `unfinished` says that there is more, for a worker with empty hands.
    """

    files: int
    read: int
    changed: bool
    seconds: float
    notices: tuple[str, ...] = ()
    unfinished: bool = False


class _FullError(KeyboardInterrupt):
    """The worker holds enough: a run ends as if it were interrupted, with everything written that was read."""


def answer(desk: Desk, question: Question) -> Answer:
    """Do the part; what an interrupted run has done stays, and the next goes on from there."""
    from aifirst_lsp_server.workers.librarian import told_errors

    with told_errors():
        return _index(desk, question) if question.part == "index" else _graph(desk, question)


def _index(desk: Desk, question: Question) -> Answer:
    from pathlib import Path

    from aifirst_memory.update import UpdateRequest, update_memory

    hands = _Hands(question)

    def progress(done: int, total: int) -> None:
        desk.progress(done, total, "reading")
        hands.look(done, total)

    try:
        report = update_memory(UpdateRequest(Path(question.root), jobs=question.jobs), progress)
    except _FullError:
        return Answer(0, 0, True, 0.0, unfinished=True)
    return Answer(report.files, report.read, report.changed, report.seconds, report.notices)


def _graph(desk: Desk, question: Question) -> Answer:
    from pathlib import Path

    from aifirst_memory.dependencies.build import update_dependencies

    hands = _Hands(question)

    def progress(phase: str, done: int, total: int) -> None:
        desk.progress(done, total, "reading names" if phase == "read" else "resolving names")
        if phase == "read" and done == total >= _MANY_FILES:  # a run over few files is one transaction
            hands.look(done, total)

    try:
        report = update_dependencies(Path(question.root), jobs=question.jobs, progress=progress, sparing=True)
    except _FullError:
        return Answer(0, 0, True, 0.0, unfinished=True)
    return Answer(report.files, report.read, report.changed, report.seconds, report.notices)


class _Hands:
    """What a worker has taken up since it began."""

    def __init__(self, question: Question) -> None:
        self._whole = question.whole
        self._full = 0

    def look(self, done: int, total: int) -> None:
        """Leave the rest to the next worker, by `_FullError`, where this one has done a good deal and holds much."""
        from aifirst_lsp_server.workers.memory_limit import resident_bytes

        held = resident_bytes()
        self._full = self._full or max(_FULL, held + _LEAST_GROWTH)
        limit = self._full if done < total else _FULL_AT_END
        if not self._whole and done >= max(_LEAST_FILES, total // _MOST_WORKERS) and held > limit:
            raise _FullError

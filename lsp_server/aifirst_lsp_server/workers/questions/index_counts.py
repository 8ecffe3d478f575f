"""What the index of a project holds, for the status: files and units, or that there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """The project at `root`."""

    root: str


class Answer(msgspec.Struct, frozen=True):
    """Figures of the index; `problem` says why it cannot be read, "" where it can or is not there."""

    indexed: bool
    files: int = 0
    units: int = 0
    model: str = ""
    problem: str = ""


def answer(desk: Desk, question: Question) -> Answer:
    """Count what is in the index; nothing of it is loaded."""
    from aifirst_memory.opened import embedder_settings

    from aifirst_lsp_server.workers.desk import ExpectedError
    from aifirst_lsp_server.workers.librarian import NOT_INDEXED, memory_of, told_errors

    try:
        memory = memory_of(desk, question.root)
        with told_errors(), memory.moment():
            row = memory.connection.execute("SELECT count(*), coalesce(sum(units), 0) FROM file").fetchone()
    except ExpectedError as error:
        return Answer(False, problem="" if str(error) == NOT_INDEXED else str(error))
    embedder = embedder_settings(memory.config)
    return Answer(True, row[0], row[1], embedder.model or embedder.kind)

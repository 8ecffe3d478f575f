"""Search of a project's memory, as `aifirst search` does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """What is looked for in the project at `root`, and how many answers at most."""

    root: str
    query: str
    limit: int = 20


class FoundPlace(msgspec.Struct, frozen=True):
    """One place; fields as the command's. `unit` is the qualified name, "" for a whole file; lines count from 1."""

    path: str
    unit: str
    line: int
    end_line: int
    kind: str
    score: float
    tokens: int
    reasons: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """Places, best first; `notices` say what could not take part."""

    results: tuple[FoundPlace, ...]
    notices: tuple[str, ...] = ()


def answer(desk: Desk, question: Question) -> Answer:
    """Search the index as it is."""
    from aifirst_memory.search.result import SearchRequest

    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    if not question.query.strip():
        return Answer(())
    memory = memory_of(desk, question.root)
    with told_errors():
        found = memory.search(SearchRequest(question.query, max(1, min(question.limit, 200))))
    places = tuple(
        FoundPlace(one.path, one.unit, one.line, one.end_line, one.kind, one.score, one.tokens, one.reasons)
        for one in found.results
    )
    return Answer(places, found.notices)

"""A context within a budget of tokens, as `aifirst context` assembles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from aifirst_lsp_server.workers.desk import ExpectedError

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk

Resolution = Literal["auto", "exact", "medium", "low", "outline", "meta"]


class Question(msgspec.Struct, frozen=True):
    """A task in words, places (`path`, `path::unit`, `path:line`), or both, in the project at `root`."""

    root: str
    query: str
    places: tuple[str, ...]
    budget: int
    resolution: Resolution = "auto"


class Item(msgspec.Struct, frozen=True):
    """One unit that is given, and why; fields as the command's."""

    path: str
    unit: str
    line: int
    end_line: int
    resolution: str
    tokens: int
    reasons: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """The context as Markdown, of exactly `tokens` tokens, and what is in it, best first."""

    text: str
    tokens: int
    budget: int
    items: tuple[Item, ...]
    notices: tuple[str, ...] = ()


def answer(desk: Desk, question: Question) -> Answer:
    """Assemble from the index as it is."""
    from aifirst_memory.context.memory_sources import assemble_context
    from aifirst_memory.context.request import ContextError, ContextRequest

    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    memory = memory_of(desk, question.root)
    request = ContextRequest(
        question.query, question.places, question.budget, question.resolution, format="markdown"
    )
    try:
        with told_errors():
            made = assemble_context(memory, request)
    except ContextError as error:
        raise ExpectedError(str(error), "Save the file, or index the project again.") from error
    items = tuple(
        Item(one.path, one.unit, one.line, one.end_line, one.resolution, one.tokens, one.reasons)
        for one in made.items
    )
    return Answer(made.text, made.tokens, made.budget, items, made.notices)

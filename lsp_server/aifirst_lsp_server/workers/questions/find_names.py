"""Units of a project by name: those that begin with a prefix, or, loosely, those that a person may mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """What names of units at `root` begin with; with `loose` their characters in order are enough."""

    root: str
    text: str
    limit: int = 50
    loose: bool = False


class FoundName(msgspec.Struct, frozen=True):
    """A unit; lines count from 1."""

    last: str
    name: str
    kind: str
    path: str
    line: int
    end_line: int
    tokens: int


Answer = tuple[FoundName, ...]


def answer(desk: Desk, question: Question) -> Answer:
    """Ask the names that are kept, brought up to date with the index."""
    from aifirst_lsp_server.workers.known_names import KnownNames
    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    memory = memory_of(desk, question.root)
    names = desk.keep(f"names {question.root}", KnownNames)
    with told_errors(), memory.moment():
        names.follow(memory)
    found = (names.holding if question.loose else names.starting)(question.text, question.limit)
    return tuple(FoundName(*one[1:]) for one in found)

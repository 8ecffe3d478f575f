"""Where tags and tickets of a project stand, and which values a category has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk

_MOST = 2000


class Question(msgspec.Struct, frozen=True):
    """A value, a category, or both, in the project at `root`; neither asks for all values there are.

    A value that ends in `*` is the beginning of one.
    """

    root: str
    category: str = ""
    value: str = ""


class FoundAnchor(msgspec.Struct, frozen=True):
    """A tag at a line, from 1; `role` is definition, reference or label, `text` a ticket's title."""

    path: str
    line: int
    category: str
    value: str
    role: str
    text: str


Answer = tuple[FoundAnchor, ...]


def answer(desk: Desk, question: Question) -> Answer:
    """The anchors by path and line."""
    from aifirst_memory.tags.level import find_anchors

    from aifirst_lsp_server.workers.librarian import memory_of, told_errors

    memory = memory_of(desk, question.root)
    with told_errors(), memory.moment():
        found = find_anchors(memory.connection, value=question.value, category=question.category, limit=_MOST)
    return tuple(
        FoundAnchor(
            one.path, one.anchor.line, one.anchor.category, one.anchor.value, one.anchor.role, one.anchor.text
        )
        for one in found
        if one.anchor.kind in ("tag", "ticket")
    )

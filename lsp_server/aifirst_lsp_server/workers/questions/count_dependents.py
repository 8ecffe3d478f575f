"""How many units depend on some: one question for all the lenses that come into sight together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """Ids of units of the project at `root`."""

    root: str
    units: tuple[str, ...]


Answer = dict[str, int]


def answer(desk: Desk, question: Question) -> Answer:
    """The direct dependents of each unit that the graph has, tests among them; others are left out."""
    from aifirst_lsp_server.workers.librarian import graph_of, told_errors

    graph = graph_of(desk, question.root)
    counts: dict[str, int] = {}
    with told_errors():
        for unit in question.units:
            if graph.node(unit) is not None:
                counts[unit] = len(graph.impact((unit,), depth=1).dependents)
    return counts

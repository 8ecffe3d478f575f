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


class Dependents(msgspec.Struct, frozen=True):
    """How many units depend directly on one; `tests` of the `total` lie in tests."""

    total: int
    tests: int

    @property
    def of_them(self) -> str:
        """How many of them lie in tests, to stand behind the total; "" for none."""
        if not self.tests:
            return ""
        if self.tests == self.total:
            return ", in tests" if self.total == 1 else ", all in tests"
        return f", {self.tests:,} of them in tests"


Answer = dict[str, Dependents]


def answer(desk: Desk, question: Question) -> Answer:
    """The direct dependents of each unit that the graph has, tests among them; others are left out."""
    from aifirst_lsp_server.workers.librarian import graph_of, told_errors

    graph = graph_of(desk, question.root)
    counts: Answer = {}
    with told_errors():
        for unit in question.units:
            if graph.node(unit) is not None:
                found = graph.impact((unit,), depth=1).dependents
                counts[unit] = Dependents(len(found), sum(one.test for one in found))
    return counts

"""What a change of a unit may break, as `aifirst impact` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aifirst_lsp_server.workers.desk import ExpectedError

if TYPE_CHECKING:
    from aifirst_memory.dependencies.questions.answers import Impact
    from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph

    from aifirst_lsp_server.workers.desk import Desk


_MOST = 1000
"""Units that are told; a person looks at the surest of them."""


class Question(msgspec.Struct, frozen=True):
    """A unit's or file's id in the project at `root`; with `depth` only what is so many steps away at most."""

    root: str
    id: str
    depth: int | None = None


class Affected(msgspec.Struct, frozen=True):
    """A unit that depends on it; `distance` in steps, `confidence` from 0 to 1, `line` from 1."""

    id: str
    path: str
    line: int
    kind: str
    confidence: float
    distance: int
    test: bool


class Answer(msgspec.Struct, frozen=True):
    """What may break, surest first, as many as are told of `total`. `tests` are the files of tests among all."""

    units: tuple[Affected, ...]
    tests: tuple[str, ...]
    total: int


def answer(desk: Desk, question: Question) -> Answer:
    """Ask the graph as it is."""
    from aifirst_memory.dependencies.model import path_of

    from aifirst_lsp_server.workers.librarian import INDEX_IT, graph_of, told_errors

    graph = graph_of(desk, question.root)
    with told_errors():
        if graph.node(question.id) is None:
            raise ExpectedError(f"{question.id} is not in the graph yet.", f"Save the file. {INDEX_IT}")
        impact = graph.impact((question.id,), question.depth)
        found = affected(graph, impact)
    paths = dict.fromkeys(path_of(one.node) for one in impact.tests)
    return Answer(found, tuple(path for path in paths if _is_code(path)), len(impact.dependents))


def affected(graph: SqliteGraph, impact: Impact) -> tuple[Affected, ...]:
    """The dependents of an impact that are told, surest first."""
    from aifirst_memory.dependencies.model import path_of

    found: list[Affected] = []
    for one in impact.dependents[:_MOST]:
        node = graph.node(one.node)
        line, kind = (node.line, node.unit_kind or node.kind) if node is not None else (0, "")
        place = path_of(one.node)
        found.append(Affected(one.node, place, line, kind, one.confidence, one.distance, one.test))
    return tuple(found)


def _is_code(path: str) -> bool:
    """Whether a path is that of code: a specification in a folder `specs` is no test."""
    from aifirst_codebase.languages.registry import language_of

    language = language_of(path, b"")
    return language is not None and language.kind == "code"

"""The page of the dependency graph, as `aifirst graph --format html` draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """The project at `root`."""

    root: str


class Answer(msgspec.Struct, frozen=True):
    """A whole HTML document; in a webview it says where to go by messages, with paths below `root`."""

    html: str
    root: str


def answer(desk: Desk, question: Question) -> Answer:
    """Draw the graph as it is, coloured by how often files change where git knows it."""
    from pathlib import Path

    from aifirst_memory.dependencies.page import PageExtras, page_html
    from aifirst_memory.dependencies.page.churn import churn_of

    from aifirst_lsp_server.workers.librarian import graph_of, memory_of, told_errors

    graph, memory = graph_of(desk, question.root), memory_of(desk, question.root)
    with told_errors():
        drawn = graph.whole("unit").graph
        churn = churn_of(memory, [node.path for node in drawn.nodes if node.kind == "file"])
        root = Path(question.root)
        html = page_html(drawn, PageExtras(title=root.name, root=root.as_posix(), churn=churn))
        return Answer(html, question.root)

"""The analysis of a text, for the analyst; see `analysis`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aifirst_lsp_server.analysis.analysis import Analysis

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True, array_like=True):
    """A text as it stands in an editor: UTF-8, at the root-relative `path` of the project at `root`.

    `on_disk` says that a file stands for it, which the project may leave out.
    """

    root: str
    path: str
    language_id: str
    text: bytes
    on_disk: bool = True


Answer = Analysis


def answer(desk: Desk, question: Question) -> Analysis:
    """Analyse the text; broken text, settings and rules are told in the analysis."""
    from aifirst_lsp_server.analysis.analyse import analyse
    from aifirst_lsp_server.analysis.known_trees import KnownTrees
    from aifirst_lsp_server.analysis.other_facts import OtherFacts
    from aifirst_lsp_server.analysis.project_settings import ProjectSettings

    projects = desk.keep("projects", ProjectSettings)
    return analyse(
        question.root, question.path, question.language_id, question.text, projects,
        desk.kept(f"facts {question.root}", OtherFacts), desk.keep("trees", KnownTrees), on_disk=question.on_disk,
    )  # fmt: skip

"""Tells the analyst what the files of a project say, from a run over all of them (`judge_project`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True, array_like=True):
    """The facts of the project at `root` by path: packed, since only workers look into them."""

    root: str
    facts: bytes


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """How many files said something."""

    files: int


def answer(desk: Desk, question: Question) -> Answer:
    """Keep the facts for the analyses to come."""
    from aifirst_validator.rule import Fact

    from aifirst_lsp_server.analysis.other_facts import OtherFacts

    facts = msgspec.msgpack.decode(question.facts, type=dict[str, tuple[Fact, ...]])
    desk.forget(f"facts {question.root}")
    desk.keep(f"facts {question.root}", lambda: OtherFacts(facts))
    return Answer(len(facts))

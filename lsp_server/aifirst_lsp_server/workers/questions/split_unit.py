"""A unit that is too large in micro-functions, as `aifirst decompose` splits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aifirst_lsp_server.analysis.analysis import FoundEdit
from aifirst_lsp_server.workers.desk import ExpectedError

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """A text, UTF-8, of the root-relative `path`, and the unit's qualified name."""

    root: str
    path: str
    text: bytes
    unit: str


class MadeUnit(msgspec.Struct, frozen=True):
    """A function that was made, and its tokens."""

    name: str
    tokens: int


class Answer(msgspec.Struct, frozen=True):
    """The edits of the text's bytes, the change as a unified diff, and the functions it makes."""

    edits: tuple[FoundEdit, ...]
    diff: str
    units: tuple[MadeUnit, ...]
    tokens_before: int
    tokens_after: int


def answer(_: Desk, question: Question) -> Answer:
    """The proved split. Raises `ExpectedError` with the reason where there is none."""
    from pathlib import Path

    from aifirst_codebase.open_project import load_settings
    from aifirst_codebase.source import SourceFile
    from aifirst_codebase.tokens import get_counter
    from aifirst_compiler.decompose import DecomposeOptions, Refusal, plan_decomposition

    settings = load_settings(Path(question.root)).settings
    source = SourceFile(question.path, question.text, "utf-8", "")
    options = DecomposeOptions(limit=settings.limits.unit_tokens or DecomposeOptions().limit)
    made = plan_decomposition(source, question.unit, get_counter(settings.tokenizer), options)
    if isinstance(made, Refusal):
        reason = made.reason
        raise ExpectedError(
            f"{question.unit} is not split: {reason.message} (line {reason.line}).",
            "Split it by hand, or elsewhere.",
        )
    return Answer(
        tuple(FoundEdit(one.start, one.end, one.text.decode()) for one in made.edits), made.diff,
        tuple(MadeUnit(one.name, one.tokens) for one in made.new_units), made.tokens_before, made.tokens_after,
    )  # fmt: skip

"""A question with the lines that matter for it: what the ranker learns from and is measured on."""

from __future__ import annotations

from typing import Literal

import msgspec

QuestionKind = Literal["comment", "commit"]


class LineQuestion(msgspec.Struct, frozen=True):
    """A text of several lines and what is asked of it. `wanted` numbers, from 0, the lines that matter.

    `kind` says where the label is from: a comment that was taken out (`comment_questions`), or a
    commit (`commit_questions`).
    """

    kind: QuestionKind
    asked: str
    lines: tuple[bytes, ...]
    wanted: tuple[int, ...]
    language: str = ""
    project: str = ""
    path: str = ""
    unit: str = ""

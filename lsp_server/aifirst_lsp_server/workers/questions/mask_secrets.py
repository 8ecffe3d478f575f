"""The text around a cursor with secrets masked, before it leaves the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """The text before and behind a cursor."""

    before: str
    after: str


class Answer(msgspec.Struct, frozen=True):
    """Both masked; `torn` where the cursor stands in a secret, so that neither side alone shows that it is one."""

    before: str = ""
    after: str = ""
    torn: bool = False


def answer(_: Desk, question: Question) -> Answer:
    """Mask both; they are as safe apart as the whole only where the same is masked in it."""
    from aifirst_codebase.secrets.mask import mask_secrets

    before, after = mask_secrets(question.before), mask_secrets(question.after)
    if mask_secrets(question.before + question.after) != before + after:
        return Answer(torn=True)
    return Answer(before, after)

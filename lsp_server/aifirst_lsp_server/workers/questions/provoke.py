"""Has a worker fail on purpose, in the ways that workers do; only tests ask for it (`messages/debug`)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """What is to go wrong."""

    what: Literal["none", "crash", "hang", "memory", "bug", "print"]


class Answer(msgspec.Struct, frozen=True):
    """The process that is still there."""

    pid: int


def answer(desk: Desk, question: Question) -> Answer:
    """Go wrong."""
    if question.what == "crash":
        os.abort()
    if question.what == "hang":
        time.sleep(600)
    if question.what == "memory":
        desk.keep("memory", lambda: [bytearray(1 << 24) for _ in range(1 << 12)])
    if question.what == "bug":
        raise LookupError("provoked")
    if question.what == "print":
        os.write(1, b"\x00\x00\x00\x05nonsense that would be taken for a frame\n")
        print("and more of it")
    return Answer(os.getpid())

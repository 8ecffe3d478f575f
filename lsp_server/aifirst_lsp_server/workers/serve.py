"""A worker process: reads questions from standard input, answers them one after the other, ends with its server.

Standard output carries frames and nothing else: what any library prints goes to standard error, which the server logs.
A thread does the reading, so that the end of the server ends the worker also while it is at work.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import traceback
from contextlib import suppress
from importlib import import_module
from typing import BinaryIO

import msgspec

from aifirst_lsp_server.workers.desk import ROLES, Desk, ExpectedError
from aifirst_lsp_server.workers.frames import (
    LENGTH_BYTES,
    Answered,
    Ask,
    Failed,
    FrameError,
    Progressed,
    Reply,
    length_of,
    pack,
    raw,
    unpack_ask,
)
from aifirst_lsp_server.workers.memory_limit import limit_memory, resident_bytes
from aifirst_lsp_server.workers.release_memory import MemoryKeeper

_QUESTIONS = "aifirst_lsp_server.workers.questions"
_MOMENT = 0.1
"""Seconds without a question after which a worker tidies up; not a timer that goes on: once after each answer."""
_LESS_URGENT = {"indexer": 15, "judge": 15, "librarian": 3}
"""How far each role gives way to others, in steps of `nice`."""


def main(role: str) -> None:
    """Serve as a worker of this role until the server is gone."""
    if role not in ROLES:
        raise SystemExit(f"there is no worker {role!r}; the roles are {', '.join(ROLES)}")
    asked, answers = _take_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the server, which ends us
    limit_memory(role)
    with suppress(OSError, AttributeError):
        os.nice(_LESS_URGENT.get(role, 0))
    waiting: queue.SimpleQueue[Ask] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked, waiting), daemon=True).start()
    desk = Desk(role)
    _prepare(role)
    keeper = MemoryKeeper()
    keeper.look()
    while True:
        _answer(desk, _next(waiting, keeper), answers, keeper)


def _next(waiting: queue.SimpleQueue[Ask], keeper: MemoryKeeper) -> Ask:
    """The next question; where there is none for a moment, memory is given back first."""
    with suppress(queue.Empty):
        return waiting.get(timeout=_MOMENT)
    keeper.look()
    return waiting.get()


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Our own ends of the pipes; what is left under their numbers is harmless to whoever reads or prints."""
    asked = os.fdopen(os.dup(0), "rb", buffering=1 << 20)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return asked, answers


def _read(asked: BinaryIO, waiting: queue.SimpleQueue[Ask]) -> None:
    try:
        while True:
            head = asked.read(LENGTH_BYTES)
            if len(head) < LENGTH_BYTES:
                break
            waiting.put(unpack_ask(asked.read(length_of(head))))
    except (FrameError, OSError) as error:
        print(f"ERROR {error}", file=sys.stderr, flush=True)
    os._exit(0)  # nobody is left to answer, wherever the other thread is


def _prepare(role: str) -> None:
    """Import what the first question of a role needs, while nobody waits yet."""
    if role == "analyst":
        from aifirst_lsp_server.analysis.analyse import warm_up

        warm_up()
    gc.collect()
    gc.freeze()


def _answer(desk: Desk, ask: Ask, answers: BinaryIO, keeper: MemoryKeeper) -> None:
    def progress(done: int, total: int, what: str) -> None:
        keeper.look()
        _write(answers, Progressed(ask.number, done, total, what))

    desk.progress = progress
    reply: Reply
    try:
        module = import_module(f"{_QUESTIONS}.{ask.name}")
        question = msgspec.msgpack.decode(ask.question, type=module.Question)
        reply = Answered(ask.number, raw(module.answer(desk, question)), resident_bytes())
    except ExpectedError as error:
        reply = Failed(ask.number, str(error), error.next_step, expected=True)
    except MemoryError:
        os._exit(137)  # whatever holds the memory, only a new process surely does not
    except Exception as error:  # noqa: BLE001 - the edge of the process: one question must not take the next ones down
        traceback.print_exc()
        reply = Failed(ask.number, f"{type(error).__name__}: {error}")
    _write(answers, reply)


def _write(answers: BinaryIO, reply: Reply) -> None:
    frame = memoryview(pack(reply))
    try:
        while frame:
            frame = frame[answers.write(frame) or 0 :]
    except OSError:
        os._exit(0)  # the server is gone

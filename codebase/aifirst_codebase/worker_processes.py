"""The processes behind `worker_pool`: how they start, what they do until nobody wants more, how they end.

On Linux one new interpreter is started and set up, and all workers are forked from it: what the setup loaded (a
tokenizer, grammars, tables) is loaded once, and its memory is in common. Elsewhere each worker is an
interpreter of its own. The calling process is never forked: it may have threads and an open database.

A new interpreter would put the folder one stands in first on its path, ahead of the standard library: a `queue.py`
of the project that is read would run. They start with a safe path instead.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

_WAIT = """
import os
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
"""
"""What is left to do when all workers are forked: wait for them, since nobody else would."""
_GIVEN = {
    "PYTHONSAFEPATH": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "300000",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
}
"""A safe path; one thread of linear algebra, since there is a worker a processor; and memory that glibc gives back
to the system when a large file is done, instead of keeping it for the next one.
"""
FORKS = sys.platform == "linux"
"""Whether workers are forked; macOS can fork, but its own libraries do not bear it."""
_NUMBER = 4
"""Bytes of the number of a chunk."""


class Orders(NamedTuple):
    """What every worker is told at its start: see `worker_pool.Work`; chunks are asked for by their number."""

    setup: Callable[..., None]
    arguments: tuple[object, ...]
    run: Callable[[Any], Any]
    chunks: Sequence[Sequence[Any]]


class Answer(NamedTuple):
    """What a worker says of a chunk, or the call beside it of itself: what came of it, or what was raised."""

    results: Any = None
    error: BaseException | None = None


def start_workers(orders: Orders, count: int) -> list[Connection]:
    """A connection to each of `count` workers.

    Write `ask(…)` to a worker for a chunk and read an `Answer` a chunk, in turn. A worker ends when its connection
    is closed; a connection that ends by itself says that its worker died.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = zip(*(context.Pipe() for _ in range(count)), strict=True)
    starts = [theirs] if FORKS else [(one,) for one in theirs]
    with _safe_start():
        for connections in starts:
            context.Process(target=_be_workers, args=(orders, connections)).start()
    for connection in theirs:
        connection.close()
    return list(ours)


def start_beside(call: Callable[[], object]) -> Connection:
    """Have a call made in a process of its own; read one `Answer`, or close to end it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with _safe_start():
        context.Process(target=_be_beside, args=(call, theirs)).start()
    theirs.close()
    return ours


def ask(number: int) -> bytes:
    """What asks a worker for a chunk."""
    return number.to_bytes(_NUMBER)


def _be_workers(orders: Orders, connections: Sequence[Connection]) -> None:
    """Set up, fork a worker for every connection where there are several, and wait for them."""
    _become_worker()
    orders.setup(*orders.arguments)
    if len(connections) == 1:
        _work(orders, connections[0])
        return
    gc.freeze()
    for place, connection in enumerate(connections, 1):
        if os.fork() == 0:
            try:
                for other in connections[place:]:
                    other.close()
                _work(orders, connection)
            finally:
                os._exit(0)
        connection.close()
    # What was only needed to set up (pages of libraries and tables) goes with this program; the workers stay its own.
    os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", _WAIT])  # noqa: S606 - no shell wanted


def _be_beside(beside: Callable[[], object], connection: Connection) -> None:
    _become_worker()
    _call(beside, connection)


def _become_worker() -> None:
    """Signals are the parent's to handle: one that ends a worker while it writes a result leaves the parent with half
    of it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.disable()


def _end_with_parent() -> None:
    """End at once when the process that started all is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(orders: Orders, connection: Connection) -> None:
    """Give the results of chunks as they are asked for, until nobody listens any more."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asked: deque[int] = deque()

    def listen(*, until_asked: bool) -> None:
        while (until_asked and not asked) or connection.poll():
            asked.append(int.from_bytes(connection.recv_bytes()))

    with suppress(EOFError, OSError):
        while True:
            listen(until_asked=True)
            results: list[Any] = []
            answer = Answer(results)
            for item in orders.chunks[asked.popleft()]:
                listen(until_asked=False)  # which ends the worker where nobody wants the rest
                try:
                    results.append(orders.run(item))
                except BaseException as error:  # noqa: BLE001 - it is the caller's to handle
                    answer = Answer(error=error)
                    break
            _send(connection, answer)


def _call(beside: Callable[[], object], connection: Connection) -> None:
    """Make the call and send what it gives; end at once when nobody wants it any more."""
    threading.Thread(target=_end_with_listener, args=(connection,), daemon=True).start()
    try:
        answer = Answer(beside())
    except BaseException as error:  # noqa: BLE001 - it is the caller's to handle
        answer = Answer(error=error)
    with suppress(OSError):
        _send(connection, answer)


def _end_with_listener(connection: Connection) -> None:
    with suppress(OSError):
        connection.poll(None)  # nothing is ever sent to it, so this is the end
    os._exit(1)


def _send(connection: Connection, answer: Answer) -> None:
    try:
        connection.send(answer)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - what cannot be sent is told in words
        connection.send(Answer(error=RuntimeError(f"{answer.error or error!r}")))


@contextmanager
def _safe_start() -> Generator[None]:
    """What is started inside has the environment `_GIVEN`; Ctrl-C does not reach it before it can ignore it."""
    before = {name: os.environ.get(name) for name in _GIVEN}
    os.environ.update(_GIVEN)
    resource_tracker.ensure_running()  # before the signal is blocked: it unblocks it when it starts
    can_block = hasattr(signal, "pthread_sigmask")
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if can_block else set[int]()
    try:
        yield
    finally:
        if can_block:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

"""Does the same to many items in several processes, and survives what an item does to its process.

Items go out in chunks of similar size, largest first, so that no worker waits long for another. Workers end
with the run, also when it is interrupted or killed. Where a worker dies (killed for the memory it took, or by a
grammar that crashed), the items of the chunk it was at are tried again, each alone: the one it dies of again is
lost, which `lost` turns into a result, and the run goes on. Another call can be made beside the workers.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Generic, Self, TypeVar

from aifirst_codebase.worker_processes import Answer, Orders, ask, start_beside, start_workers

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK_BYTES = 200_000
_ITEM_BYTES = 1_000
"""What an item costs besides its bytes."""
_MOST_LOST = 20
"""More deaths than this are not the items' doing: something outside ends the workers."""
_AHEAD = 2
"""Chunks that a worker has, with the one it is at, so that it never waits for the next."""
_UNREAD = 4
"""Chunks a worker whose results may wait for the caller."""


class WorkersEndedError(Exception):
    """Processes were ended from outside again and again; what was finished is kept."""


@dataclass(frozen=True)
class Work(Generic[Item, Result]):
    """What workers are to do; all functions are module-level ones, called in the worker but for `lost` and `size`.

    `setup(*arguments)` prepares a worker, `run(item)` gives its result, `lost(item)` the result of an item whose
    worker died of it; `size` is the bytes of an item and `name` what puts items of a size in order.
    """

    setup: Callable[..., None]
    arguments: tuple[object, ...]
    run: Callable[[Item], Result]
    lost: Callable[[Item], Result]
    size: Callable[[Item], int]
    name: Callable[[Item], str]


def can_run_in_workers(items: int, jobs: int) -> bool:
    """Whether more than one process would be used, and can be started with a safe path."""
    is_safe = sys.flags.safe_path or not sys.flags.ignore_environment
    return is_safe and min(jobs or processors(), items) > 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Beside(Generic[Result]):
    """A call that is made beside the workers, in a process of its own, from when `begin` is called.

    Leaving its context gives it up. Where the process dies, `result` makes the call itself.
    """

    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def begin(self) -> None:
        """Start the process, unless it was started before."""
        self._begun()

    def result(self) -> Result:
        """What the call gives, begun or not; raises what it raises."""
        with suppress(EOFError, OSError):
            answer: Answer = self._begun().recv()
            if answer.error is not None:
                raise answer.error
            return answer.results
        return self._call()

    def _begun(self) -> Connection:
        if self._connection is None:
            self._connection = start_beside(self._call)
        return self._connection


def run_in_workers(work: Work[Item, Result], items: Sequence[Item], jobs: int = 0) -> Generator[Result]:
    """The results of all items as they are finished, from `jobs` processes (0: one a processor).

    Raises `WorkersEndedError` when workers die that no item can have killed, and what `run` raises.
    """
    waiting = list(_chunks(work, items))
    lost = 0
    while waiting:
        count = min(jobs or processors(), len(waiting))
        suspects, waiting = yield from _run_until_death(work, count, waiting)
        alone = [[item] for chunk in suspects for item in chunk]
        while alone:
            died, alone = yield from _run_until_death(work, 1, alone)
            for [item] in died:
                lost += 1
                if lost > _MOST_LOST:
                    raise WorkersEndedError
                yield work.lost(item)


def _run_until_death(
    work: Work[Item, Result], count: int, chunks: list[list[Item]]
) -> Generator[Result, None, tuple[list[list[Item]], list[list[Item]]]]:
    """Work through the chunks; where workers die, returns those they were at, and those nobody has begun."""
    orders = Orders(work.setup, work.arguments, work.run, chunks)
    workers = start_workers(orders, count)
    hand = _Hand(workers, len(chunks))
    try:
        while (answer := hand.answers.get()) is not None:
            if answer.error is not None:
                raise answer.error
            hand.has_read()
            yield from answer.results
    finally:
        hand.stop()  # a person who pressed Ctrl-C would else wait for chunks that nobody wants
    return [chunks[number] for number in hand.died_at], [chunks[number] for number in hand.not_begun]


class _Hand:
    """A thread that hands out chunks and takes in answers, so that workers go on while the caller is busy.

    `answers` ends with None: when all chunks are done, and when workers have died and the others are through.
    """

    def __init__(self, workers: Sequence[Connection], chunks: int) -> None:
        self.answers: SimpleQueue[Answer | None] = SimpleQueue()
        self.not_begun = deque(range(chunks))
        self.died_at: list[int] = []
        self._at: dict[Connection, deque[int]] = {worker: deque() for worker in workers}
        self._room = threading.Semaphore(_UNREAD * len(workers))
        self._stopped, self._stop = Pipe(duplex=False)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def has_read(self) -> None:
        """Say that the caller has taken an answer."""
        self._room.release()

    def stop(self) -> None:
        """Let the workers go, wherever they are."""
        self._stop.close()
        self._room.release()
        self._thread.join()
        self._stopped.close()

    def _run(self) -> None:
        try:
            while self._hand_out() and self._take_in():
                pass
        except Exception as error:  # noqa: BLE001 - the caller's to raise: a thread has nobody to tell
            self.answers.put(Answer(error=error))
        finally:
            for worker in self._at:
                worker.close()
            self.answers.put(None)

    def _hand_out(self) -> bool:
        """Give every worker what it may have ahead; whether any is at work."""
        for worker, at in self._at.items():
            while self.not_begun and len(at) < _AHEAD and not self.died_at:
                at.append(self.not_begun.popleft())
                with suppress(OSError):  # it died: the end of the connection tells
                    worker.send_bytes(ask(at[-1]))
        return any(self._at.values())

    def _take_in(self) -> bool:
        """Take what has been answered; whether to go on."""
        busy = [worker for worker, at in self._at.items() if at]
        for ready in wait([*busy, self._stopped]):
            if ready is self._stopped:
                return False
            worker = next(worker for worker in busy if worker is ready)
            self._room.acquire()
            try:
                self.answers.put(worker.recv())
                self._at[worker].popleft()
            except (EOFError, OSError):
                self._room.release()
                at = self._at[worker]
                self.died_at.append(at.popleft())
                self.not_begun.extend(at)
                at.clear()
        return True


def _chunks(work: Work[Item, Result], items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items by size, largest first, in chunks of about the same number of bytes."""
    chunk: list[Item] = []
    size = 0
    for item in sorted(items, key=lambda item: (-work.size(item), work.name(item))):
        chunk.append(item)
        size += work.size(item) + _ITEM_BYTES
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk

"""Does the same to many items in several processes, and survives what an item does to its process.

Items go out in chunks of similar size, largest first, so that no worker waits long for another. Workers end
with the run, also when it is interrupted or killed. Where a worker dies (killed for the memory it took, or by a
grammar that crashed), the items it may have been at are tried again, each alone: the one it dies of again is
lost, which `lost` turns into a result, and the run goes on.

A worker is a new interpreter, which would put the folder one stands in first on its path, ahead of the
standard library: a `queue.py` of the project that is read would run. They start with a safe path instead.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.synchronize import Event
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK_BYTES = 400_000
_MOST_LOST = 20
"""More deaths than this are not the items' doing: something outside ends the workers."""


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


def run_in_workers(work: Work[Item, Result], items: Sequence[Item], jobs: int = 0) -> Generator[Result]:
    """The results of all items as they are finished, from `jobs` processes (0: one a processor).

    Raises `WorkersEndedError` when workers die that no item can have killed.
    """
    waiting = deque(_chunks(work, items))
    lost = 0
    while waiting:
        suspects = yield from _run_until_death(work, min(jobs or processors(), len(waiting)), waiting)
        alone = deque([item] for chunk in suspects for item in chunk)
        while alone:
            for [item] in (yield from _run_until_death(work, 1, alone)):
                lost += 1
                if lost > _MOST_LOST:
                    raise WorkersEndedError
                yield work.lost(item)


def _run_until_death(
    work: Work[Item, Result], workers: int, waiting: deque[list[Item]]
) -> Generator[Result, None, list[list[Item]]]:
    """Work through the waiting chunks; where a worker dies, returns those that any worker may have been at.

    One worker is given one chunk at a time, several one more than they are, so that none has to wait.
    """
    context = multiprocessing.get_context("spawn")
    pending: dict[Future[list[Result]], list[Item]] = {}
    with _safe_start():
        stop = context.Event()
        pool = ProcessPoolExecutor(workers, context, _start, (work.setup, work.arguments, stop))
    try:
        while waiting or pending:
            with _safe_start():
                while waiting and len(pending) < workers + (workers > 1):
                    pending[pool.submit(_run_chunk, work.run, waiting[0])] = waiting[0]
                    waiting.popleft()
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                yield from future.result()
                del pending[future]
    except BrokenProcessPool:
        return list(pending.values())
    finally:
        stop.set()  # a person who pressed Ctrl-C would else wait for chunks that nobody wants
        pool.shutdown(wait=False, cancel_futures=True)
    return []


class _Worker:
    """What a worker process keeps between chunks."""

    stop: Event


def _start(setup: Callable[..., None], arguments: tuple[object, ...], stop: Event) -> None:
    """Set up a worker. Signals are the parent's to handle: one that ends a worker while it writes a result leaves
    the parent waiting for the rest of it.
    """
    import gc

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()
    _Worker.stop = stop
    setup(*arguments)


def _end_with_parent() -> None:
    """End at once when the parent is gone, however it went: a pool's worker would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_chunk(run: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    results: list[Result] = []
    for item in items:
        if _Worker.stop.is_set():
            break
        results.append(run(item))
    return results


@contextmanager
def _safe_start() -> Generator[None]:
    """What is started inside has a safe path, and Ctrl-C does not reach it before it can ignore it."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    resource_tracker.ensure_running()  # before the signal is blocked: it unblocks it when it starts
    can_block = hasattr(signal, "pthread_sigmask")
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if can_block else set[int]()
    try:
        yield
    finally:
        if can_block:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def _chunks(work: Work[Item, Result], items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items by size, largest first, in chunks of about the same number of bytes."""
    chunk: list[Item] = []
    size = 0
    for item in sorted(items, key=lambda item: (-work.size(item), work.name(item))):
        chunk.append(item)
        size += work.size(item)
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk

"""Judges files in several processes.

Each worker loads the configuration and the rules once; files go out in chunks of similar size, so that no
worker waits long for another. Workers end with the run, also when it is interrupted or killed. Where a worker
dies (killed for the memory it took, or by a grammar that crashed), the files it may have been at are judged
again, each alone: the one it dies of again is lost with a notice, and the run goes on.

A worker is a new interpreter, which would put the folder one stands in first on its path, ahead of the
standard library: a `queue.py` of the project that is judged would run. They start with a safe path instead.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from aifirst_codebase.cache import CacheRow
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import DiscoverySettings, FoundFile

from aifirst_validator.judge_file import FileResult
from aifirst_validator.report import Notice
from aifirst_validator.rule_set import RuleSet

if TYPE_CHECKING:
    from aifirst_validator.engine import Job

_CHUNK_BYTES = 400_000
_MOST_LOST = 20
"""More deaths than this are not the files' doing: something outside ends the workers."""


class Worker:
    """What a worker process keeps between chunks."""

    root: Path
    config: ProjectConfig
    rules: RuleSet
    discovery: DiscoverySettings
    stop: Event


def start_worker(root: Path, config: ProjectConfig, stop: Event) -> None:
    """Set up a worker. Signals are the parent's to handle: one that ends a worker while it writes a result leaves
    the parent waiting for the rest of it.
    """
    import gc

    from aifirst_validator.engine import discovery_settings
    from aifirst_validator.rule_set import load_rules

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()
    Worker.root = root
    Worker.config = config
    Worker.rules = load_rules()
    Worker.discovery = discovery_settings(config)
    Worker.stop = stop


def _end_with_parent() -> None:
    """End at once when the parent is gone, however it went: a pool's worker would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge_chunk(files: list[FoundFile]) -> list[CacheRow]:
    from aifirst_validator.engine import judge_found

    rows: list[CacheRow] = []
    for found in files:
        if Worker.stop.is_set():
            break
        digest, result = judge_found(Worker.root, Worker.config, Worker.rules, Worker.discovery, found)
        rows.append(CacheRow(found, digest, msgspec.msgpack.encode(result)))
    return rows


def judge_in_parallel(
    job: Job, config: ProjectConfig, rules: RuleSet, files: Sequence[FoundFile]
) -> Generator[CacheRow]:
    """Judge files in `job.jobs` processes; rows come as they are finished."""
    from aifirst_validator.engine import WorkersEndedError, judge_in_turn

    waiting = deque(_chunks(files))
    workers = min(job.jobs or _processors(), len(waiting))
    is_safe = sys.flags.safe_path or not sys.flags.ignore_environment
    if workers < 2 or not is_safe:
        yield from judge_in_turn(job, config, rules, files)
        return
    lost = 0
    while waiting:
        suspects = yield from _judge_until_death(job, config, workers, waiting)
        alone = deque([found] for chunk in suspects for found in chunk)
        while alone:
            for [found] in (yield from _judge_until_death(job, config, 1, alone)):
                lost += 1
                if lost > _MOST_LOST:
                    raise WorkersEndedError
                yield CacheRow(found, "", msgspec.msgpack.encode(_lost(found.path)))


def _judge_until_death(
    job: Job, config: ProjectConfig, workers: int, waiting: deque[list[FoundFile]]
) -> Generator[CacheRow, None, list[list[FoundFile]]]:
    """Judge the waiting chunks; where a worker dies, returns those that any worker may have been at.

    One worker is given one chunk at a time, several one more than they are, so that none has to wait.
    """
    context = multiprocessing.get_context("spawn")
    pending: dict[Future[list[CacheRow]], list[FoundFile]] = {}
    with _safe_start():
        stop = context.Event()
        pool = ProcessPoolExecutor(workers, context, start_worker, (job.root, config, stop))
    try:
        while waiting or pending:
            with _safe_start():
                while waiting and len(pending) < workers + (workers > 1):
                    pending[pool.submit(_judge_chunk, waiting[0])] = waiting[0]
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


def _lost(path: str) -> FileResult:
    """The result of a file that a worker died of."""
    return FileResult(
        None,
        notices=(
            Notice(
                "crash", path, "could not be judged: the process that judged it died, perhaps for lack of memory",
                "Leave it out with discovery.exclude, and report it with the file.",
            ),
        ),
    )  # fmt: skip


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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


def _chunks(files: Sequence[FoundFile]) -> Iterator[list[FoundFile]]:
    """Files by size, largest first, in chunks of about the same number of bytes."""
    chunk: list[FoundFile] = []
    size = 0
    for found in sorted(files, key=lambda f: (-f.size, f.path)):
        chunk.append(found)
        size += found.size
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk

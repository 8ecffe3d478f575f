"""Judges files in several processes.

Each worker loads the configuration and the rules once; files go out in chunks of similar size, so that no
worker waits long for another. Workers end with the run, also when it is interrupted or killed.

A worker is a new interpreter, which would put the folder one stands in first on its path, ahead of the
standard library: a `queue.py` of the project that is judged would run. They start with a safe path instead.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING

from aifirst_codebase.cache import CacheRow
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import DiscoverySettings, FoundFile

from aifirst_validator.rule_set import RuleSet

if TYPE_CHECKING:
    from aifirst_validator.engine import Job

_CHUNK_BYTES = 400_000


class _Worker:
    """What a worker process keeps between chunks."""

    root: Path
    config: ProjectConfig
    rules: RuleSet
    discovery: DiscoverySettings
    stop: Event


def _start(root: Path, config: ProjectConfig, stop: Event) -> None:
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
    _Worker.root = root
    _Worker.config = config
    _Worker.rules = load_rules()
    _Worker.discovery = discovery_settings(config)
    _Worker.stop = stop


def _end_with_parent() -> None:
    """End at once when the parent is gone, however it went: a pool's worker would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge_chunk(files: list[FoundFile]) -> list[CacheRow]:
    import msgspec

    from aifirst_validator.engine import judge_found

    rows: list[CacheRow] = []
    for found in files:
        if _Worker.stop.is_set():
            break
        digest, result = judge_found(_Worker.root, _Worker.config, _Worker.rules, _Worker.discovery, found)
        rows.append(CacheRow(found, digest, msgspec.msgpack.encode(result)))
    return rows


def judge_in_parallel(
    job: Job, config: ProjectConfig, rules: RuleSet, files: Sequence[FoundFile]
) -> Generator[CacheRow]:
    """Judge files in `job.jobs` processes; rows come as they are finished."""
    from aifirst_validator.engine import WorkersEndedError, judge_in_turn

    chunks = list(_chunks(files))
    workers = min(job.jobs or _processors(), len(chunks))
    is_safe = sys.flags.safe_path or not sys.flags.ignore_environment
    if workers < 2 or not is_safe:
        yield from judge_in_turn(job, config, rules, files)
        return
    context = multiprocessing.get_context("spawn")
    with _safe_start():
        stop = context.Event()
        pool = ProcessPoolExecutor(workers, context, _start, (job.root, config, stop))
        pending: set[Future[list[CacheRow]]] = {pool.submit(_judge_chunk, chunk) for chunk in chunks}
    try:
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()
    except BrokenProcessPool as error:
        raise WorkersEndedError from error
    finally:
        stop.set()  # a person who pressed Ctrl-C would else wait for chunks that nobody wants
        pool.shutdown(wait=False, cancel_futures=True)


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

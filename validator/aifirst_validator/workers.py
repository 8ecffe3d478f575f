"""Judges files in several processes.

Each worker loads the configuration and the rules once; files go out in chunks of similar size, so that no
worker waits long for another. Workers end with the run, also when it is interrupted.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
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


def _start(root: Path, config: ProjectConfig) -> None:
    """Set up a worker; Ctrl-C is the parent's to handle."""
    import gc

    from aifirst_validator.engine import discovery_settings
    from aifirst_validator.rule_set import load_rules

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    _Worker.root = root
    _Worker.config = config
    _Worker.rules = load_rules()
    _Worker.discovery = discovery_settings(config)


def _judge_chunk(files: list[FoundFile]) -> list[CacheRow]:
    import msgspec

    from aifirst_validator.engine import judge_found

    rows: list[CacheRow] = []
    for found in files:
        digest, result = judge_found(_Worker.root, _Worker.config, _Worker.rules, _Worker.discovery, found)
        rows.append(CacheRow(found, digest, msgspec.msgpack.encode(result)))
    return rows


def judge_in_parallel(
    job: Job, config: ProjectConfig, rules: RuleSet, files: Sequence[FoundFile]
) -> Iterator[CacheRow]:
    """Judge files in `job.jobs` processes; rows come as they are finished."""
    del rules
    workers = job.jobs or os.cpu_count() or 1
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _start, (job.root, config))
    try:
        pending: set[Future[list[CacheRow]]] = {pool.submit(_judge_chunk, chunk) for chunk in _chunks(files)}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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

"""Judges files in several processes; each worker loads the configuration and the rules once."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from aifirst_codebase.cache import CacheRow
from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.discovery import DiscoverySettings, FoundFile
from aifirst_codebase.worker_pool import Work, can_run_in_workers, run_in_workers

from aifirst_validator.judge_file import FileResult
from aifirst_validator.report import Notice
from aifirst_validator.rule_set import RuleSet

if TYPE_CHECKING:
    from aifirst_validator.engine import Job


class Worker:
    """What a worker process keeps between files."""

    root: Path
    config: ProjectConfig
    rules: RuleSet
    discovery: DiscoverySettings


def set_up_worker(root: Path, config: ProjectConfig) -> None:
    """Load what judging needs."""
    from aifirst_codebase.open_project import discovery_settings

    from aifirst_validator.rule_set import load_rules

    Worker.root = root
    Worker.config = config
    Worker.rules = load_rules()
    Worker.discovery = discovery_settings(config)


def judge_in_parallel(
    job: Job, config: ProjectConfig, rules: RuleSet, files: Sequence[FoundFile]
) -> Generator[CacheRow]:
    """Judge files in `job.jobs` processes; rows come as they are finished."""
    from aifirst_validator.engine import judge_in_turn

    if not can_run_in_workers(len(files), job.jobs):
        yield from judge_in_turn(job, config, rules, files)
        return
    work = Work(set_up_worker, (job.root, config), _judge, _lost, _size_of, _path_of)
    yield from run_in_workers(work, files, job.jobs)


def _judge(found: FoundFile) -> CacheRow:
    from aifirst_validator.engine import judge_found

    digest, result = judge_found(Worker.root, Worker.config, Worker.rules, Worker.discovery, found)
    return CacheRow(found, digest, msgspec.msgpack.encode(result))


def _lost(found: FoundFile) -> CacheRow:
    """The row of a file that a worker died of."""
    notice = Notice(
        "crash", found.path, "could not be judged: the process that judged it died, perhaps for lack of memory",
        "Leave it out with discovery.exclude, and report it with the file.",
    )  # fmt: skip
    return CacheRow(found, "", msgspec.msgpack.encode(FileResult(None, notices=(notice,))))


def _size_of(found: FoundFile) -> int:
    return found.size


def _path_of(found: FoundFile) -> str:
    return found.path

"""What the files of the open projects have wrong with them, open in the editor or not.

A run over a project is made by a process of its own, which gives way to everything else and ends with the run; what
it judged before it takes from the cache. What files say of each other is handed to the analyst, so that a text that is
typed is judged by the rules about the project too.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from aifirst_codebase.config.project_marks import is_shared

from aifirst_lsp_server.workers.process import Worker, WorkerError
from aifirst_lsp_server.workers.questions import judge_project, project_facts

if TYPE_CHECKING:
    from aifirst_codebase.positions import PositionEncoding

    from aifirst_lsp_server.folders import Folders

_log = logging.getLogger("aifirst.judge")
_PATIENCE: Final = 1800.0
_GATHER: Final = 1.0
"""Seconds in which changes of files are gathered before a project is judged again."""
_encode = msgspec.msgpack.Encoder().encode


@dataclass
class FileReport:
    """The findings in one file on disk, and a hash of them."""

    identity: str
    findings: tuple[judge_project.Judged, ...]


@dataclass
class JudgedProject:
    """One project; `runs` counts the runs over it that ended, well or not."""

    root: str
    reports: dict[str, FileReport] = field(default_factory=dict[str, FileReport])
    facts: str = ""
    runs: int = 0


class JudgeState:
    """The findings of all projects that are open."""

    def __init__(self, folders: Folders, analyst: Worker, judge: Worker, background: asyncio.Lock) -> None:
        self._folders = folders
        self._background = background
        self._analyst = analyst
        self.worker = judge
        self._projects: dict[str, JudgedProject] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._waiters: list[asyncio.Future[None]] = []
        self.encoding: PositionEncoding = "utf-16"
        self.facts_changed: list[Callable[[str], None]] = []
        """Called with the root of a project whose files say other things of each other than before."""

    @property
    def projects(self) -> list[JudgedProject]:
        """The projects that are open, as far as they were judged."""
        known = (self._projects.get(root) for root in self._folders.roots)
        return [project for project in known if project is not None and project.runs]

    def touch(self, root: str, after: float = _GATHER) -> None:
        """Have a project judged again, soon; many calls are one run."""
        if root not in self._folders.roots or is_shared(Path(root)):
            return
        if root in self._timers:
            self._timers[root].cancel()
        self._timers[root] = asyncio.get_running_loop().call_later(after, self._start, root)

    async def changed(self) -> None:
        """Wait until a run has come to its end."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _start(self, root: str) -> None:
        self._timers.pop(root, None)
        running = self._runs.get(root)
        if running is not None and not running.done():
            self.touch(root)
            return
        self._runs[root] = asyncio.ensure_future(self._run(root))

    async def _run(self, root: str) -> None:
        project = self._projects.setdefault(root, JudgedProject(root))
        question = judge_project.Question(root, self.encoding, self._folders.trusted)
        try:
            async with self._background:
                answer = await self.worker.ask(question, judge_project.Answer, patience=_PATIENCE)
                self.worker.rest()
        except WorkerError as error:
            _log.warning("%s is not judged as a whole: %s", root, error)
        else:
            self._take(project, answer)
        project.runs += 1
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _take(self, project: JudgedProject, answer: judge_project.Answer) -> None:
        root = project.root
        project.reports = {
            path: FileReport(_digest(_encode(found)), found) for path, found in answer.findings.items()
        }
        _log.info("%s: %d files judged, %d of them anew", root, answer.files, answer.reread)
        facts = _digest(answer.facts)
        if facts != project.facts:
            project.facts = facts
            self._analyst.remember(f"facts {root}", project_facts.Question(root, answer.facts))
            for tell in self.facts_changed:
                tell(root)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()

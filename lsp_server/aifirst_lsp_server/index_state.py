"""The memory of the open projects, as the server sees it: is there an index, is one being made, is it kept current.

Indexing and updating run in a process of their own that gives way to everything else; it is let go when nothing was saved
for a while. Questions are the librarian's, which nobody keeps waiting. Nothing is written for a workspace that is not
trusted, and nothing of itself where the settings say so.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from aifirst_codebase.config.project_marks import is_project

from aifirst_lsp_server.workers.process import Progress, Worker, WorkerError
from aifirst_lsp_server.workers.questions import index_counts, index_project, update_index

if TYPE_CHECKING:
    from aifirst_lsp_server.folders import Folders

_log = logging.getLogger("aifirst.index")
_FOR_EVER: Final = 24 * 3600.0
_UPDATE_PATIENCE: Final = 300.0
_GATHER: Final = 0.3
"""Seconds in which saved files are gathered before they are taken in."""
REST: Final = 20.0
"""Seconds without a saved file after which the process that takes them in is let go."""
_MOST_WORKERS: Final = 30
"""Processes that work at a part of an index one after the other before one has to go on to the end."""
_MOST_PATHS: Final = 500
_TELL_EVERY: Final = 0.2


@dataclass
class ProjectIndex:
    """One project's index. `indexed` is None until it was looked at; `progress` is (done, total, what) of a run."""

    root: str
    indexed: bool | None = None
    files: int = 0
    units: int = 0
    model: str = ""
    problem: str = ""
    progress: tuple[int, int, str] | None = None
    pending: set[str] = field(default_factory=set[str])
    whole: bool = False
    """Whether more changed than can be named, so that all is to be looked at."""


class IndexState:
    """The indexes of all projects that are open."""

    def __init__(
        self, folders: Folders, librarian: Worker, indexer: Worker, background: asyncio.Lock
    ) -> None:
        self._folders = folders
        self._background = background
        """Held while a process works at what nobody waits for: one at a time leaves the machine to its person."""
        self._librarian = librarian
        self._indexer = indexer
        self._projects: dict[str, ProjectIndex] = {}
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._gathering: asyncio.TimerHandle | None = None
        self._looking: asyncio.Future[ProjectIndex] | None = None
        self._told = 0.0
        self.changed: list[Callable[[ProjectIndex], None]] = []
        """Called when what there is to say of an index is another."""
        self.updated: list[Callable[[ProjectIndex], None]] = []
        """Called when an index holds other files than before."""

    def of(self, root: str) -> ProjectIndex:
        """What is known of a project's index."""
        return self._projects.setdefault(root, ProjectIndex(root))

    async def look(self, root: str) -> ProjectIndex:
        """Look whether there is an index, and what it holds."""
        index = self.of(root)
        if not self._folders.trusted:
            index.indexed = False
            return index
        try:
            found = await self._librarian.ask(index_counts.Question(root), index_counts.Answer)
        except WorkerError as error:
            index.problem = str(error)
            return index
        index.indexed, index.files, index.units = found.indexed, found.files, found.units
        index.model, index.problem = found.model, found.problem
        self._tell(index)
        return index

    def keep_current(self, root: str) -> None:
        """Index a project unasked, where that is wanted and the folder is a project at all."""
        if self._folders.trusted and self._wants(root) and is_project(Path(root)):
            self.index(root)

    def index(self, root: str) -> asyncio.Task[None] | None:
        """Index a project, or bring all of its index up to date; None where it is not trusted. One run at a time."""
        if not self._folders.trusted:
            return None
        running = self._runs.get(root)
        if running is not None and not running.done():
            return running
        run = self._runs[root] = asyncio.ensure_future(self._run(self.of(root)))
        return run

    def cancel(self, root: str) -> None:
        """Give up a run; what it has done stays."""
        index, run = self.of(root), self._runs.get(root)
        if index.progress is None or run is None:
            return
        run.cancel()
        if self._indexer.busy:
            self._indexer.interrupt()
        self._looking = asyncio.ensure_future(self.look(root))

    def touch(self, root: str, paths: tuple[str, ...]) -> None:
        """Say that files of a project changed on disk."""
        index = self.of(root)
        if not self._folders.trusted or not index.indexed or not self._wants(root):
            return
        index.pending.update(paths)
        index.whole = index.whole or len(index.pending) > _MOST_PATHS
        if self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER, self._gathered)

    def _wants(self, root: str) -> bool:
        return any(folder.settings.index.automatic for folder in self._folders.open if folder.root == root)

    def _gathered(self) -> None:
        self._gathering = None
        for index in list(self._projects.values()):
            if (index.pending or index.whole) and index.progress is None:
                run = self._runs.get(index.root)
                if run is None or run.done():
                    self._runs[index.root] = asyncio.ensure_future(self._take_in(index))

    async def _run(self, index: ProjectIndex) -> None:
        def progress(done: int, total: int, what: str) -> None:
            index.progress = (done, total, what)
            now = asyncio.get_running_loop().time()
            if now - self._told >= _TELL_EVERY:
                self._tell(index)

        index.pending.clear()
        index.whole = False
        index.progress = (0, 0, "starting")
        self._tell(index)
        if not index.indexed:
            self._librarian.rest()  # there is nothing to ask it about yet, and the first run takes the most memory
        parts: tuple[Literal["index", "graph"], ...] = ("index", "graph")
        try:
            for part in parts:
                done = await self._work_at(index_project.Question(index.root, part, jobs=_jobs()), progress)
                _log.info(
                    "%s: %s, %d files, %d read, %.1f s", index.root, part, done.files, done.read, done.seconds
                )
                for notice in done.notices[:5]:
                    _log.info("%s: %s", index.root, notice)
        except WorkerError as error:
            _log.warning("%s is not indexed: %s", index.root, error)
        finally:
            index.progress = None
        await self.look(index.root)
        for tell in self.updated:
            tell(index)
        if index.pending:
            self._gathered_again()

    async def _work_at(self, question: index_project.Question, progress: Progress) -> index_project.Answer:
        """Have a part of an index made, by as many processes one after the other as it takes."""
        async with self._background:
            for left in range(_MOST_WORKERS, -1, -1):
                asked = msgspec.structs.replace(question, whole=not left)
                done = await self._indexer.ask(
                    asked, index_project.Answer, patience=_FOR_EVER, progress=progress
                )
                self._indexer.rest()
                if not done.unfinished:
                    return done
            raise WorkerError("the index has no end")

    async def _take_in(self, index: ProjectIndex) -> None:
        """Take in the files that were saved."""
        if index.whole:
            await self._run(index)
            return
        paths, index.pending = tuple(sorted(index.pending)), set()
        question = update_index.Question(index.root, paths)
        try:
            done = await self._indexer.ask(question, update_index.Answer, patience=_UPDATE_PATIENCE)
        except WorkerError as error:
            _log.warning("%s: saved files are not in the index: %s", index.root, error)
            return
        if done.busy:
            _log.info(
                "%s: somebody else is writing the index; the next saved file takes the others in", index.root
            )
            index.pending.update(paths)
            return
        index.files, index.units = done.files, done.units
        if done.read or done.removed:
            self._tell(index)
            for tell in self.updated:
                tell(index)
        if index.pending:
            self._gathered_again()

    def _gathered_again(self) -> None:
        if self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER, self._gathered)

    def _tell(self, index: ProjectIndex) -> None:
        self._told = asyncio.get_running_loop().time()
        for tell in self.changed:
            tell(index)


def _jobs() -> int:
    """Half of the processors: the other half is the person's."""
    return max(1, (os.cpu_count() or 2) // 2)

"""A worker as the server sees it: ask it a question, await the answer.

It has one question at a time; the others wait here, where the urgent go first and the cancelled are dropped. A worker
that dies or takes too long fails its question and is started anew for the next one, later each time it happens
again and, where it goes on happening, not for a while.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from aifirst_lsp_server.workers.command import worker_command, worker_environment
from aifirst_lsp_server.workers.frames import (
    LENGTH_BYTES,
    Ask,
    Failed,
    FrameError,
    Progressed,
    Reply,
    length_of,
    pack,
    raw,
    unpack_reply,
)

Answer = TypeVar("Answer")
Progress = Callable[[int, int, str], None]

_MOST_DEATHS = 6
_WITHIN = 180.0
"""More deaths than this within so many seconds, and the worker is left alone as long again."""
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 20.0
_PATIENCE = 30.0
_TOO_MUCH = {"analyst": 500 << 20, "librarian": 1200 << 20}
"""Bytes held after an answer from which on a worker is replaced, by role."""
_MUCH = {"librarian": 160 << 20}
"""Bytes held after an answer from which on a worker makes room for a new one when it had nothing to do for `_SOON`."""
_SOON = 5.0
_LARGE = frozenset({"assemble_context", "draw_graph", "find_change_impact"})
"""Questions that take much memory of their own, so that they begin with a new worker where the old one holds `_ROOM`."""
_ROOM = 70 << 20
_ENDING = 1.0
_log = logging.getLogger("aifirst.workers")


class WorkerError(Exception):
    """A question without an answer; `next_step` is what a person can do."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class WorkerDiedError(WorkerError):
    """The worker ended, or was ended, while it was at this question."""


class WorkerAbsentError(WorkerError):
    """The worker died so often that it is left alone for a while, or the server is ending."""


class WorkerBusyError(WorkerError):
    """Somebody waits for the answer, and the worker is at something else, or at this one, for too long."""


class QuestionFailedError(WorkerError):
    """The worker said why it cannot answer; `expected` says that it is no bug."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message, failed.next_step)
        self.expected = failed.expected


@dataclass(order=True)
class _Job:
    """A question that waits or is being answered; the smallest goes first."""

    rank: int
    number: int
    name: str = field(compare=False)
    frame: bytes = field(compare=False)
    patience: float = field(compare=False)
    progress: Progress | None = field(compare=False)
    answer: asyncio.Future[msgspec.Raw] = field(compare=False)


class Worker:
    """One worker process of a role, started when it is first needed."""

    def __init__(self, role: str, rest_after: float | None = None, longest_wait: float | None = None) -> None:
        self.role = role
        self._longest_wait = longest_wait
        """Seconds after which an urgent question has no answer, whether it waited or was worked at, None for any."""
        self._rest_after = rest_after
        """Seconds without a question after which the process is let go, None for never."""
        self._resting: asyncio.TimerHandle | None = None
        self.deaths = 0
        """How often it ended by itself, over all."""
        self.on_death: Callable[[str], None] = _log.warning
        """Told once a death, in a sentence."""
        self._waiting: list[_Job] = []
        self._busy: _Job | None = None
        self._numbers = 0
        self._process: asyncio.subprocess.Process | None = None
        self._given_up: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._remembered: dict[str, bytes] = {}
        self._recent: deque[float] = deque(maxlen=_MOST_DEATHS)
        self._clock: asyncio.TimerHandle | None = None
        self._pumping: asyncio.Task[None] | None = None
        self._closed = False
        self._held = 0
        """Bytes that the process held after its last answer."""
        self._large: set[str] = set()
        """Which of the `_LARGE` questions this process has answered: what they take is taken already."""

    @property
    def pid(self) -> int | None:
        """The process that serves now, None for none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def busy(self) -> bool:
        """Whether it is at a question now."""
        return self._busy is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is asked of it."""
        return self._busy is None and not self._waiting

    async def ask(
        self,
        question: msgspec.Struct,
        answer: type[Answer],
        *,
        urgent: bool = False,
        patience: float = _PATIENCE,
        progress: Progress | None = None,
    ) -> Answer:
        """The answer to a `Question` of a file under `questions`.

        Waiting is given up by cancelling; `patience` is how many seconds the answering alone may take, after which the
        worker is ended. Raises `WorkerDiedError`, `WorkerAbsentError`, `WorkerBusyError` and `QuestionFailedError`, all
        `WorkerError`.
        """
        if self._closed:
            raise WorkerAbsentError("the server is ending")
        self._numbers += 1
        name = type(question).__module__.rpartition(".")[2]
        frame = pack(Ask(self._numbers, name, raw(question)))
        future: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        job = _Job(0 if urgent else 1, self._numbers, name, frame, patience, progress, future)
        heapq.heappush(self._waiting, job)
        if urgent and self._longest_wait is not None:
            busy = WorkerBusyError(
                f"the {self.role} had no answer within {self._longest_wait:g} s", "Try again."
            )
            clock = asyncio.get_running_loop().call_later(self._longest_wait, _fail, job, busy)
            future.add_done_callback(lambda _: clock.cancel())
        self._pump()
        return msgspec.msgpack.decode(await future, type=answer)

    def remember(self, key: str, question: msgspec.Struct) -> None:
        """Tell the worker something, and every worker that comes in its place; the answer is not looked at."""
        name = type(question).__module__.rpartition(".")[2]
        frame = self._remembered[key] = pack(Ask(0, name, raw(question)))
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.write(frame)

    async def start(self) -> None:
        """Start the process if none runs; asking does it too. Raises `WorkerAbsentError`."""
        if self.pid is not None or self._closed:
            return
        try:
            process = await asyncio.create_subprocess_exec(
                *worker_command(self.role), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE, limit=1 << 20, env=worker_environment(),
            )  # fmt: skip
        except OSError as error:
            self._recent.append(time.monotonic())
            raise WorkerAbsentError(f"the {self.role} cannot be started: {error}") from error
        self._process = process
        if process.stdin is not None:
            process.stdin.writelines(self._remembered.values())
        self._keep(self._listen(process))
        self._keep(self._hear(process))

    async def close(self) -> None:
        """End the process; who waits for an answer is told so."""
        self._closed = True
        if self._resting is not None:
            self._resting.cancel()
        for job in self._take_all():
            _fail(job, WorkerAbsentError("the server is ending"))
        process = self._process
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _ENDING if self._busy is None else 0.05)
            with suppress(ProcessLookupError):
                process.kill()

    def interrupt(self) -> None:
        """End the process at once, since nobody wants its answer; the next question starts another."""
        self._given_up = self._process
        self._kill()

    def rest(self) -> None:
        """Let the process go and its memory with it, where it is at nothing; the next question starts another."""
        if self.idle:
            self._replace()

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()

    def _take_all(self) -> list[_Job]:
        jobs, self._waiting = self._waiting, []
        return [*jobs, self._busy] if self._busy is not None else jobs

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _pump(self) -> None:
        """Hand out the next question, if the worker is free."""
        if self._busy is not None or self._pumping is not None or self._closed:
            return
        while self._waiting and self._waiting[0].answer.done():
            heapq.heappop(self._waiting)
        if not self._waiting:
            return
        if self._has_no_room(self._waiting[0].name):
            self._replace()
        process = self._process
        if process is None or process.returncode is not None or process.stdin is None:
            self._pumping = asyncio.ensure_future(self._start_again())
            return
        job = self._busy = heapq.heappop(self._waiting)
        self._clock = asyncio.get_running_loop().call_later(job.patience, self._lose_patience, job)
        process.stdin.write(job.frame)

    def _has_no_room(self, name: str) -> bool:
        """Whether a question had better begin with a new process; where it has not, what it takes is this process's."""
        if name not in _LARGE or name in self._large or self.role not in _MUCH:
            return False
        if self._held > _ROOM:
            return True
        self._large.add(name)
        return False

    async def _start_again(self) -> None:
        try:
            while self._recent and self._recent[0] < time.monotonic() - _WITHIN:
                self._recent.popleft()
            if len(self._recent) >= _MOST_DEATHS:
                raise WorkerAbsentError(
                    f"the {self.role} ended {_MOST_DEATHS} times and is left alone for now",
                    "See the log for what it was at; restart the server to try again at once.",
                )
            if self._recent:
                await asyncio.sleep(min(_FIRST_PAUSE * 3 ** (len(self._recent) - 1), _LONGEST_PAUSE))
            await self.start()
        except WorkerError as error:
            jobs, self._waiting = self._waiting, []
            for job in jobs:
                _fail(job, error)
        finally:
            self._pumping = None
        self._pump()

    def _lose_patience(self, job: _Job) -> None:
        if self._busy is job:
            _fail(job, WorkerDiedError(f"the {self.role} took longer than {job.patience:g} s"))
            self._kill()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Take in replies until the process ends."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            while True:
                head = await process.stdout.readexactly(LENGTH_BYTES)
                self._take(unpack_reply(await process.stdout.readexactly(length_of(head))))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except FrameError as error:
            _log.error("the %s wrote %s", self.role, error)
            with suppress(ProcessLookupError):
                process.kill()
        await self._bury(process)

    def _take(self, reply: Reply) -> None:
        job = self._busy
        if job is None or reply.number != job.number:
            return
        if isinstance(reply, Progressed):
            if job.progress is not None and not job.answer.done():
                job.progress(reply.done, reply.total, reply.what)
            return
        self._free()
        if isinstance(reply, Failed):
            if not reply.expected:
                _log.error("the %s failed: %s", self.role, reply.message)
            _fail(job, QuestionFailedError(reply))
        else:
            self._held = reply.resident
            if not job.answer.done():
                job.answer.set_result(reply.answer)
            if reply.resident > _TOO_MUCH.get(self.role, reply.resident):
                _log.info("the %s holds %d MB and is replaced", self.role, reply.resident >> 20)
                self._replace()
        self._pump()
        resident = 0 if isinstance(reply, Failed) else reply.resident
        self._rest_later(is_fat=resident > _MUCH.get(self.role, resident))

    def _rest_later(self, *, is_fat: bool) -> None:
        if self._resting is not None:
            self._resting.cancel()
        loop = asyncio.get_running_loop()
        if is_fat:
            self._resting = loop.call_later(_SOON, self._renew)
        elif self._rest_after is not None:
            self._resting = loop.call_later(self._rest_after, self.rest)

    def _renew(self) -> None:
        """Let the process go, and have another ready that holds nothing yet."""
        if self.idle and not self._closed:
            self._replace()
            self._keep(self._start_ahead())

    async def _start_ahead(self) -> None:
        with suppress(WorkerError):
            await self.start()

    def _replace(self) -> None:
        process = self._process
        self._forget_process()
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def _forget_process(self) -> None:
        self._process = None
        self._held = 0
        self._large.clear()

    def _free(self) -> None:
        self._busy = None
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    async def _bury(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        if self._closed or process is not self._process:
            return
        self._forget_process()
        job = self._busy
        self._free()
        if process is self._given_up:
            if job is not None:
                _fail(job, WorkerDiedError(f"the {self.role} was ended"))
            self._pump()
            return
        self.deaths += 1
        self._recent.append(time.monotonic())
        told = f"the {self.role} ended ({_ended(code)})" + (" while it was at a question" if job else "")
        if job is not None:
            _fail(job, WorkerDiedError(told))
        self.on_death(told)
        self._pump()

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        """Log what the worker prints."""
        assert process.stderr is not None  # noqa: S101 - it was asked for
        with suppress(ConnectionError):
            while said := await process.stderr.read(1 << 16):
                _log.warning("%s: %s", self.role, said.decode("utf-8", "replace").rstrip())


def _fail(job: _Job, error: WorkerError) -> None:
    if not job.answer.done():
        job.answer.set_exception(error)


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

"""The server: what features find when they register, and the guard around their handlers.

Features get documents, folders, the schedule and the workers from here. A handler that fails is told in the log and
answers empty: the client shows no error for it. Left out: what any feature does, and reading messages (`main`).
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar, cast

import aifirst_codebase
import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from aifirst_lsp_server.folders import Folders
from aifirst_lsp_server.index_state import REST, IndexState
from aifirst_lsp_server.judge_state import JudgeState
from aifirst_lsp_server.protocol import Protocol, make_converter
from aifirst_lsp_server.schedule import Schedule
from aifirst_lsp_server.state import DocumentState, Snapshot, States
from aifirst_lsp_server.workers.memory_limit import return_large_blocks
from aifirst_lsp_server.workers.process import Worker, WorkerError

if TYPE_CHECKING:
    from aifirst_codebase.positions import PositionEncoding

    from aifirst_lsp_server.client_log import ClientLog
    from aifirst_lsp_server.options import Options
    from aifirst_lsp_server.workers.questions.count_dependents import Dependents

Handler = TypeVar("Handler", bound=Callable[..., Any])
Params = TypeVar("Params")
Told = Callable[[DocumentState], None]
_log = logging.getLogger("aifirst.server")
_LIBRARIAN_RESTS = 900.0
"""Seconds without a question after which the memory that is open is let go."""
_LONGEST_WAIT = 12.0
"""Seconds after which a hover, a completion, a definition goes without what memory knows."""
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[types.NotebookDocumentFilterWithNotebook(notebook="*")], save=True
)


class Server(LanguageServer):
    """The language server of one client."""

    protocol: Protocol  # pyright: ignore[reportIncompatibleVariableOverride] - it is made of the class given below

    def __init__(self, options: Options, analyst: Worker) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType] - of the library, without types
            "aifirst", aifirst_codebase.__version__, notebook_document_sync=_NOTEBOOKS, protocol_cls=Protocol,
            converter_factory=make_converter,
        )  # fmt: skip
        return_large_blocks()
        self.options = options
        self.client_log: ClientLog | None = None
        self.analyst = analyst
        self.librarian = Worker("librarian", rest_after=_LIBRARIAN_RESTS, longest_wait=_LONGEST_WAIT)
        self.indexer = Worker("indexer", rest_after=REST)
        background = asyncio.Lock()
        self.folders = Folders()
        self.index = IndexState(self.folders, self.librarian, self.indexer, background)
        self.documents = States()
        self.schedule = Schedule(analyst)
        self.judge = JudgeState(self.folders, analyst, Worker("judge"), background)
        self.started: list[Callable[[], None]] = []
        """Called when the session has begun."""
        self.configured: list[Callable[[], None]] = []
        """Called when the settings of the folders are known, and again when there are other folders."""
        self.settings_changed: list[Callable[[], None]] = []
        """Called when the client's settings may be others."""
        self.opened: list[Told] = []
        self.saved: list[Told] = []
        self.closed: list[Told] = []
        """Called with the state of a document that was opened, saved, closed."""
        self.pushed: dict[str, str] = {}
        """The result ids of what was pushed, by uri."""
        self.commands: dict[str, Callable[..., Any]] = {}
        self.hovers: list[Callable[[Snapshot, int], Awaitable[str]]] = []
        """What adds to a hover: Markdown for a byte of a snapshot, "" for nothing."""
        self.dependents: Callable[[str, str], Awaitable[Dependents | None]] | None = None
        """How many units depend on one, by root and id, None where nobody knows; there once memory answers."""
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def encoding(self) -> PositionEncoding:
        """The units that the client counts columns in."""
        return self.schedule.encoding

    @encoding.setter
    def encoding(self, encoding: PositionEncoding) -> None:
        self.schedule.encoding = self.judge.encoding = encoding

    @property
    def workers(self) -> tuple[Worker, ...]:
        """All workers, started or not."""
        return self.analyst, self.librarian, self.indexer, self.judge.worker

    @property
    def trusted(self) -> bool:
        """Whether the person trusts the workspace; where not, texts are judged and nothing is written."""
        return self.folders.trusted

    def feature(  # pyright: ignore[reportIncompatibleMethodOverride] - one argument more
        self, feature_name: str, options: Any = None, *, empty: Any = None
    ) -> Callable[[Handler], Handler]:
        """Register a handler of a method; where it fails, `empty` is answered. It takes the params alone."""
        register = super().feature(feature_name, options)

        def decorate(handler: Handler) -> Handler:
            register(self._guarded(feature_name, handler, empty))
            return handler

        return decorate

    def command(self, command_name: str) -> Callable[[Handler], Handler]:
        """Register `async def handler(arguments: list[Any])` for `workspace/executeCommand`; params are plain JSON."""

        def decorate(handler: Handler) -> Handler:
            guarded = self._guarded(command_name, handler, None)
            self.commands[command_name] = guarded
            self.protocol.fm.commands[command_name] = guarded  # pyright: ignore[reportUnknownMemberType] - it announces them
            return handler

        return decorate

    def message(
        self, method: str, params: type[Params]
    ) -> Callable[
        [Callable[[Params], Coroutine[Any, Any, Any]]], Callable[[Params], Coroutine[Any, Any, Any]]
    ]:
        """Register `async def handler(params: Params) -> msgspec.Struct | dict` for a message of our own.

        `params` is a msgspec struct (`rename="camel"` where JSON is). What the handler raises as `WorkerError`, and
        params that do not fit, are answered as `{"error": {"message", "next"}}`.
        """

        def decorate(
            handler: Callable[[Params], Coroutine[Any, Any, Any]],
        ) -> Callable[[Params], Coroutine[Any, Any, Any]]:
            async def answer(given: Any) -> Any:
                try:
                    read = msgspec.convert({} if given is None else given, params)
                    return msgspec.to_builtins(await handler(read))
                except msgspec.ValidationError as error:
                    return error_answer(f"{method}: {error}", "Send what the contract of the message says.")
                except WorkerError as error:
                    return error_answer(str(error), error.next_step)

            wrong = error_answer(f"{method} failed", "See the log of the server.")
            LanguageServer.feature(self, method)(self._guarded(method, answer, wrong))
            return handler

        return decorate

    def state(self, uri: str) -> DocumentState | None:
        """The state of an open document."""
        return self.documents.get(uri)

    def last(self, uri: str, *, good: bool = False) -> Snapshot | None:
        """The last analysis of an open document, at once; with `good` of the last text that parsed whole."""
        state = self.documents.get(uri)
        if state is None:
            return None
        return (state.good or state.last) if good else state.last

    async def current(self, uri: str) -> Snapshot | None:
        """The analysis of a document's newest text, awaited; None for a document that is not open."""
        state = self.documents.get(uri)
        return None if state is None else await self.schedule.current(state)

    def run(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something beside; what it raises is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong outside of a request; a person is not interrupted for it."""
        _log.error("%s", error, exc_info=error if not isinstance(error, JsonRpcException) else None)

    def tell_problem(self, told: str) -> None:
        """Log what the reading of messages has to say."""
        _log.warning("%s", told)

    async def close(self) -> None:
        """End the workers."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*(worker.close() for worker in self.workers))

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s", error, exc_info=error)

    def _guarded(self, name: str, handler: Handler, empty: Any) -> Handler:
        """The handler, answering `empty` where it fails."""
        if inspect.iscoroutinefunction(handler):

            async def guarded_async(*arguments: Any) -> Any:
                try:
                    return await handler(*arguments)
                except JsonRpcException:
                    raise
                except WorkerError as error:
                    _log.info("%s: %s", name, error)
                except Exception:  # noqa: BLE001 - an edge: one request must not take the rest down
                    _log.exception("%s failed", name)
                return empty

            return cast("Handler", guarded_async)

        @functools.wraps(handler)
        def guarded(*arguments: Any) -> Any:
            try:
                return handler(*arguments)
            except JsonRpcException:
                raise
            except Exception:  # noqa: BLE001 - an edge: one request must not take the rest down
                _log.exception("%s failed", name)
            return empty

        return cast("Handler", guarded)


def error_answer(message: str, next_step: str) -> dict[str, Any]:
    """What one of our own messages answers where it has nothing else."""
    return {"error": {"message": message, "next": next_step}}

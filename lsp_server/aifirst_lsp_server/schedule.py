"""When which text is analysed: at once when it is cheap, after a pause in typing when it is not, always the newest.

A document has at most one text on its way. What was typed meanwhile is analysed when that one is back; an analysis of a
text that is not the newest any more is kept for features that show figures and is never told as diagnostics.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from aifirst_lsp_server.analysis.analysis import Analysis
from aifirst_lsp_server.state import DocumentState, Snapshot
from aifirst_lsp_server.workers.process import WorkerDiedError, WorkerError
from aifirst_lsp_server.workers.questions import analyse

if TYPE_CHECKING:
    from aifirst_codebase.positions import PositionEncoding

    from aifirst_lsp_server.documents import Document
    from aifirst_lsp_server.workers.process import Worker

_CHEAP = 40.0
"""Milliseconds of the last analysis up to which the next one does not wait for a pause."""
_PAUSE_SHARE = 0.00025
"""Seconds of pause for a millisecond of the last analysis: a quarter of what would be done in vain."""
_LONGEST_PAUSE = 0.1
_PATIENCE = 20.0
_LARGE = 500_000
_SHRUNK = 10_000
"""Bytes from which on a text that was left out is not looked at again, unless it lost so many at once."""
_MOST_DEATHS = 2
_log = logging.getLogger("aifirst.schedule")

Settled = Callable[[DocumentState, Snapshot], None]


class Schedule:
    """Keeps the analyses of open documents current."""

    def __init__(self, analyst: Worker) -> None:
        self._analyst = analyst
        self.encoding: PositionEncoding = "utf-16"
        self.settled: list[Settled] = []
        """Called with every analysis of a text that is still the newest."""

    def touch(self, state: DocumentState) -> None:
        """Say that the text of a document is another, or what is to be said of it may be."""
        if state.task is None:
            state.task = asyncio.ensure_future(self._keep_current(state))

    def repeat(self, state: DocumentState) -> None:
        """Say that the same text has to be analysed again: settings or other files are others."""
        if state.folder.settings.enable:
            state.stale = True
            self.touch(state)

    async def current(self, state: DocumentState) -> Snapshot | None:
        """The analysis of the newest text, awaited; the last one there is where it cannot be had."""
        while state.current is None and state.task is not None:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            state.waiters.append(waiter)
            await waiter
        return state.last

    def forget(self, state: DocumentState) -> None:
        """Let go of a document that was closed."""
        if state.task is not None:
            state.task.cancel()
            state.task = None
        _wake(state)

    async def _keep_current(self, state: DocumentState) -> None:
        try:
            while state.current is None and state.deaths < _MOST_DEATHS:
                last = state.last
                cost = last.analysis.milliseconds if last is not None else 0.0
                if cost > _CHEAP:
                    await self._pause(state, min(cost * _PAUSE_SHARE, _LONGEST_PAUSE))
                if not await self._analyse(state):
                    break
        finally:
            state.task = None
            _wake(state)

    async def _pause(self, state: DocumentState, seconds: float) -> None:
        """Wait until nothing was typed for so long."""
        while True:
            document = state.document
            await asyncio.sleep(seconds)
            if state.document is document:
                return

    async def _analyse(self, state: DocumentState) -> bool:
        """Analyse the text as it is now; whether to go on."""
        document = state.document
        if _is_left_out_again(state):
            self._take(
                state, document, state.last.analysis if state.last is not None else Analysis(state.path)
            )
            return True
        state.stale = False
        state.judged_bytes = len(document.data)
        question = analyse.Question(
            state.folder.root, state.path, document.language_id, document.clean_data, not document.notebook
        )
        try:
            analysis = await self._analyst.ask(question, analyse.Answer, urgent=True, patience=_PATIENCE)
        except WorkerDiedError as error:
            if state.document is document:
                state.deaths += 1
                if state.deaths >= _MOST_DEATHS:
                    _log.error("%s is left alone until it changes: %s", state.path, error)
            state.stale = True
            return True
        except WorkerError as error:
            _log.warning("%s is not analysed: %s", state.path, error)
            state.stale = True
            return False
        self._take(state, document, analysis)
        return True

    def _take(self, state: DocumentState, document: Document, analysis: Analysis) -> None:
        snapshot = state.last = Snapshot(document, analysis, self.encoding)
        if analysis.parsed and analysis.units:
            state.good = snapshot
        if state.current is snapshot:
            state.deaths = 0
            _wake(state)
            for tell in self.settled:
                tell(state, snapshot)


def _is_left_out_again(state: DocumentState) -> bool:
    """Whether a large text that nobody judges is typed in: it need not cross to the analyst at every key."""
    last = state.last
    return (
        last is not None
        and not state.stale
        and last.analysis.left_out in ("too-large", "language")
        and len(state.document.data) > _LARGE
        and len(state.document.data) >= state.judged_bytes - _SHRUNK
    )


def _wake(state: DocumentState) -> None:
    waiters, state.waiters = state.waiters, []
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)

"""When texts are analysed: the newest only, and one that ends its worker is left alone until it changes."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from aifirst_lsp_server.analysis.analysis import Analysis
from aifirst_lsp_server.documents import open_document
from aifirst_lsp_server.folders import Folder
from aifirst_lsp_server.schedule import Schedule
from aifirst_lsp_server.state import DocumentState
from aifirst_lsp_server.workers.process import Worker, WorkerDiedError
from aifirst_lsp_server.workers.questions import analyse


class _Analyst(Worker):
    """An analyst that keeps what it was asked, and dies of texts that say so, as a grammar that crashes does."""

    def __init__(self, milliseconds: float = 0.0, left_out: str = "") -> None:
        super().__init__("analyst")
        self.asked: list[bytes] = []
        self._milliseconds = milliseconds
        self._left_out = left_out

    async def ask(self, question: msgspec.Struct, answer: type[object], **_: object) -> object:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride] - of one question only
        assert isinstance(question, analyse.Question)
        self.asked.append(question.text)
        await asyncio.sleep(0.01)
        if b"deadly" in question.text:
            raise WorkerDiedError("the analyst ended (signal 11)")
        return Analysis(
            question.path, left_out=self._left_out, tokens=len(question.text), milliseconds=self._milliseconds
        )


def _state(text: str) -> DocumentState:
    document = open_document("file:///p/a.py", "python", 1, text)
    return DocumentState(document, Folder("file:///p", "/p", "/p"), "a.py")


def _type(schedule: Schedule, state: DocumentState, text: str) -> None:
    document = state.document
    state.document = open_document(document.uri, "python", document.version + 1, text)
    state.deaths = 0
    schedule.touch(state)


def test_a_text_that_ends_its_worker_twice_is_left_alone_until_it_changes() -> None:
    async def run() -> None:
        analyst = _Analyst()
        schedule = Schedule(analyst)
        state = _state("deadly")
        schedule.touch(state)
        assert await schedule.current(state) is None
        schedule.repeat(state)
        assert await schedule.current(state) is None
        assert analyst.asked == [b"deadly", b"deadly"]
        _type(schedule, state, "harmless")
        snapshot = await schedule.current(state)
        assert snapshot is not None
        assert snapshot.analysis.tokens == 8

    asyncio.run(run())


@pytest.mark.parametrize("milliseconds", [0.0, 200.0])
def test_what_is_typed_meanwhile_is_analysed_once_and_told_once(milliseconds: float) -> None:
    async def run() -> None:
        analyst = _Analyst(milliseconds)
        schedule = Schedule(analyst)
        told: list[int] = []
        schedule.settled.append(lambda _, snapshot: told.append(snapshot.document.version))
        state = _state("0")
        schedule.touch(state)
        await schedule.current(state)
        _type(schedule, state, "1")
        await asyncio.sleep(0)
        for number in range(2, 9):
            _type(schedule, state, str(number))
            await asyncio.sleep(0)
        await schedule.current(state)
        assert told == [1, 9]
        assert analyst.asked[-1] == b"8"
        assert len(analyst.asked) <= 3

    asyncio.run(run())


def test_a_large_text_that_is_left_out_does_not_cross_to_the_analyst_at_every_key() -> None:
    async def run() -> None:
        analyst = _Analyst(left_out="too-large")
        schedule = Schedule(analyst)
        large = "x" * 600_000
        state = _state(large)
        schedule.touch(state)
        await schedule.current(state)
        for number in range(3):
            _type(schedule, state, large + "y" * number)
            snapshot = await schedule.current(state)
            assert snapshot is state.current
        assert len(analyst.asked) == 1
        _type(schedule, state, "small")
        await schedule.current(state)
        schedule.repeat(state)
        await schedule.current(state)
        assert len(analyst.asked) == 3

    asyncio.run(run())


def test_who_waits_for_a_document_that_is_closed_is_let_go() -> None:
    async def run() -> None:
        schedule = Schedule(_Analyst())
        state = _state("x")
        schedule.touch(state)
        waiting = asyncio.ensure_future(schedule.current(state))
        await asyncio.sleep(0)
        schedule.forget(state)
        assert await asyncio.wait_for(waiting, 5) is None

    asyncio.run(run())

"""Workers that die, hang, take too much, or outlive nobody; and what the main process must not have loaded."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aifirst_lsp_server.workers import process as worker_process
from aifirst_lsp_server.workers.process import (
    QuestionFailedError,
    Worker,
    WorkerAbsentError,
    WorkerBusyError,
    WorkerDiedError,
)
from aifirst_lsp_server.workers.questions import provoke
from lsp_session import PULLS, Json, Session, insert

FLAWED = "x = 1  # aifirst: ignore[AF101]\n"


def _is_there(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be noticed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def _pids(session: Session) -> dict[str, int]:
    processes: Json = session.request("aifirst/debug/processes", {})
    return {role: one["pid"] for role, one in processes.items() if one["pid"]}


async def _provoke(worker: Worker, what: str, patience: float = 20.0) -> int:
    question = provoke.Question(what)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return (await worker.ask(question, provoke.Answer, patience=patience)).pid


def test_a_worker_that_crashes_fails_its_question_and_the_next_one_has_another() -> None:
    async def run() -> None:
        worker = Worker("librarian")
        told: list[str] = []
        worker.on_death = told.append
        first = await _provoke(worker, "none")
        with pytest.raises(WorkerDiedError, match="signal 6"):
            await _provoke(worker, "crash")
        assert await _provoke(worker, "none") != first
        assert (worker.deaths, len(told)) == (1, 1)
        await worker.close()

    asyncio.run(run())


def test_who_waits_for_a_busy_worker_is_told_so_in_bounded_time_and_the_worker_goes_on() -> None:
    async def run() -> None:
        worker = Worker("librarian", longest_wait=0.3)
        first = await _provoke(worker, "none")
        hangs = asyncio.ensure_future(_provoke(worker, "hang", patience=60.0))
        await asyncio.sleep(0)
        assert worker.busy
        with pytest.raises(WorkerBusyError, match=r"no answer within 0\.3 s"):
            await worker.ask(provoke.Question("none"), provoke.Answer, urgent=True)
        with pytest.raises(WorkerBusyError):
            await worker.ask(provoke.Question("none"), provoke.Answer, urgent=True)
        assert (worker.pid, worker.deaths, hangs.done()) == (first, 0, False)
        await worker.close()
        with pytest.raises(WorkerAbsentError):
            await hangs

    asyncio.run(run())


def test_a_worker_that_holds_much_makes_room_for_a_new_one_once_nobody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        worker = Worker("librarian")
        first = await _provoke(worker, "none")
        assert await _provoke(worker, "none") == first
        for _ in range(600):
            if worker.pid not in (None, first):
                break
            await asyncio.sleep(0.05)
        renewed = worker.pid
        assert renewed not in (None, first)
        assert worker.deaths == 0
        assert await _provoke(worker, "none") == renewed
        await worker.close()

    monkeypatch.setattr(worker_process, "_MUCH", {"librarian": 1})
    monkeypatch.setattr(worker_process, "_SOON", 1.0)
    asyncio.run(run())


def test_a_large_question_begins_with_a_new_worker_where_the_old_one_holds_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> None:
        worker = Worker("librarian")
        first = await _provoke(worker, "none")
        monkeypatch.setattr(worker_process, "_LARGE", frozenset({"provoke"}))
        second = await _provoke(worker, "none")
        assert second != first  # the first one held something
        assert await _provoke(worker, "none") == second  # what the question takes is taken already
        assert worker.deaths == 0
        await worker.close()
        analyst = Worker("analyst")
        monkeypatch.setattr(worker_process, "_LARGE", frozenset[str]())
        asked = await _provoke(analyst, "none")
        monkeypatch.setattr(worker_process, "_LARGE", frozenset({"provoke"}))
        assert await _provoke(analyst, "none") == asked
        await analyst.close()

    monkeypatch.setattr(worker_process, "_ROOM", 1)
    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is given back")
def test_memory_that_is_not_needed_is_given_back() -> None:
    code = """
import gc
from aifirst_codebase.tokens import get_counter
from aifirst_lsp_server.workers.memory_limit import resident_bytes
from aifirst_lsp_server.workers.release_memory import MemoryKeeper
keeper = MemoryKeeper()
assert keeper.look() and not keeper.look()
counter = get_counter("o200k_base")
before, tokens = resident_bytes(), counter.count("a text that is counted")
gc.disable()
cycle = [bytearray(20_000_000)]
cycle.append(cycle)
del cycle
assert keeper.look()
assert resident_bytes() < before - 25_000_000, (before, resident_bytes())
assert counter.count("a text that is counted") == tokens
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_worker_that_hangs_is_ended_when_patience_is_lost() -> None:
    async def run() -> None:
        worker = Worker("librarian")
        first = await _provoke(worker, "none")
        with pytest.raises(WorkerDiedError, match=r"longer than 0\.2 s"):
            await _provoke(worker, "hang", patience=0.2)
        assert await _provoke(worker, "none") != first
        assert not _is_there(first)
        await worker.close()

    asyncio.run(run())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the data of a process")
def test_a_worker_that_takes_too_much_memory_is_replaced() -> None:
    async def run() -> None:
        worker = Worker("analyst")
        with pytest.raises(WorkerDiedError):
            await _provoke(worker, "memory")
        assert await _provoke(worker, "none")
        await worker.close()

    asyncio.run(run())


def test_a_bug_is_told_and_the_worker_goes_on_and_what_it_prints_is_no_frame() -> None:
    async def run() -> None:
        worker = Worker("librarian")
        with pytest.raises(QuestionFailedError, match="LookupError: provoked"):
            await _provoke(worker, "bug")
        first = await _provoke(worker, "print")
        assert await _provoke(worker, "none") == first
        await worker.close()

    asyncio.run(run())


def test_a_worker_that_always_dies_is_left_alone_for_a_while() -> None:
    async def run() -> None:
        worker = Worker("nonsense")  # there is no such role, so it ends at once
        errors: list[type[Exception]] = []
        for _ in range(3):
            with pytest.raises((WorkerDiedError, WorkerAbsentError)) as caught:
                await asyncio.wait_for(_provoke(worker, "none"), 60)
            errors.append(caught.type)
        assert errors[0] is WorkerAbsentError or worker.deaths >= 3
        await worker.close()
        with pytest.raises(WorkerAbsentError, match="ending"):
            await _provoke(worker, "none")

    asyncio.run(run())


def test_urgent_questions_go_first_and_cancelled_ones_not_at_all() -> None:
    async def run() -> None:
        worker = Worker("librarian")
        await _provoke(worker, "none")
        order: list[str] = []

        async def ask(name: str, urgent: bool) -> None:
            await worker.ask(provoke.Question("none"), provoke.Answer, urgent=urgent)
            order.append(name)

        tasks = [
            asyncio.ensure_future(ask(name, name.startswith("u"))) for name in ("a", "b", "gone", "u1", "u2")
        ]
        await asyncio.sleep(0)
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == ["a", "u1", "u2", "b"]
        await worker.close()

    asyncio.run(run())


def test_findings_come_back_after_the_analyst_was_killed(tmp_path: Path) -> None:
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path], capabilities=PULLS)
        uri = (tmp_path / "a.py").as_uri()
        session.open(uri, FLAWED)
        session.pull(uri)
        os.kill(_pids(session)["analyst"], signal.SIGKILL)
        session.change(uri, 2, insert(0, 0, "\n"))
        assert session.pull(uri)["items"][0]["range"]["start"]["line"] == 1
        assert session.request("aifirst/debug/processes", {})["analyst"]["deaths"] == 1
        assert session.end() == 0


def test_all_processes_end_with_a_server_that_is_killed_also_while_they_work(tmp_path: Path) -> None:
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path], capabilities=PULLS)
        for role in ("analyst", "librarian", "indexer", "judge"):
            session.request("aifirst/debug/provoke", {"role": role, "what": "none"})
        pids = _pids(session)
        assert len(pids) == 4
        session.start_request("aifirst/debug/provoke", {"role": "indexer", "what": "hang"})
        session.request("aifirst/debug/provoke", {"role": "analyst", "what": "none"})
        session.process.kill()
        _all_gone(pids)


def test_the_server_ends_with_its_client_also_where_somebody_keeps_the_pipe_open(tmp_path: Path) -> None:
    if not hasattr(os, "pidfd_open"):
        pytest.skip("only Linux tells of the end of any process without asking again and again")
    client = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    with Session(["--test-messages"]) as session:
        session.initialize([tmp_path], processId=client.pid)
        session.request("aifirst/debug/provoke", {"role": "analyst", "what": "none"})
        pids = _pids(session)
        client.kill()
        client.wait()
        assert session.process.wait(10) == 1
        _all_gone(pids)


def _all_gone(pids: dict[str, int]) -> None:
    until = time.monotonic() + 10
    while left := [role for role, pid in pids.items() if _is_there(pid)]:
        assert time.monotonic() < until, left
        time.sleep(0.02)


def test_main_loads_no_grammar_and_the_analyst_no_memory() -> None:
    heavy = (
        "tree_sitter",
        "numpy",
        "faiss",
        "aifirst_validator",
        "aifirst_memory",
        "aifirst_compiler",
        "sqlite3",
    )
    main = (
        "import sys, asyncio\n"
        "from aifirst_lsp_server import main, server, plug_ins\n"
        "from aifirst_lsp_server.options import Options\n"
        "from aifirst_lsp_server.workers.process import Worker\n"
        "one = server.Server(Options(test_messages=True), Worker('analyst'))\n"
        "assert 'hover' in plug_ins.register_all(one)\n"
        "from aifirst_codebase.config.project_marks import is_project\n"
    )
    analyst = "import sys\nfrom aifirst_lsp_server.analysis.analyse import warm_up\nwarm_up()\n"
    for code, names in ((main, heavy), (analyst, ("faiss", "numpy", "aifirst_memory", "pygls"))):
        check = f"print([name for name in {names!r} if name in sys.modules])"
        done = subprocess.run(
            [sys.executable, "-c", code + check], capture_output=True, text=True, check=False
        )
        assert done.stdout == "[]\n", done.stdout + done.stderr

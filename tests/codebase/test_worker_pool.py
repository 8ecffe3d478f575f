"""Work in several processes: every item once, whoever dies; what is set up once; what is called beside."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pool_work
import pytest
from aifirst_codebase import worker_processes
from aifirst_codebase.worker_pool import Beside, run_in_workers


@pytest.fixture(params=["forked", "started one by one"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which workers come to be, wherever the tests run."""
    if request.param == "forked" and sys.platform != "linux":
        pytest.skip("only Linux forks its workers")
    monkeypatch.setattr(worker_processes, "FORKS", request.param == "forked")
    return request.param


def test_every_item_is_done_once_by_the_workers(kind: str) -> None:
    done = list(run_in_workers(pool_work.work(), range(12), 3))
    assert sorted(item for item, _, _ in done) == list(range(12))
    workers = {process for _, process, _ in done}
    assert os.getpid() not in workers
    assert len(workers) <= 3
    set_up = {was_set_up for _, _, was_set_up in done}
    assert len(set_up) == 1 if kind == "forked" else set_up == workers


def test_an_item_that_kills_its_worker_is_lost_and_no_other(kind: str) -> None:
    done = list(run_in_workers(pool_work.work(), [*range(10), 13], 2))
    assert sorted(item for item, _, _ in done) == [-13, *range(10)]


def test_what_an_item_raises_reaches_the_caller(kind: str) -> None:
    with pytest.raises(LookupError, match="seventeen"):
        list(run_in_workers(pool_work.work(), [*range(4), 17], 2))


def test_a_run_that_nobody_wants_any_more_ends() -> None:
    with closing(run_in_workers(pool_work.work(), range(40), 2)) as results:
        _, process, _ = next(results)
    assert ended(process)


def test_a_call_beside_is_made_by_another_process_or_else_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with Beside(pool_work.own_id) as call:
        assert call.result() != os.getpid()
    with Beside(pool_work.fail) as call, pytest.raises(LookupError, match="on purpose"):
        call.result()
    monkeypatch.setenv("AIFIRST_TEST_CALLER", str(os.getpid()))
    with Beside(pool_work.die) as call:
        assert call.result() == os.getpid()


def test_a_call_beside_waits_until_it_is_to_begin_and_is_made_once(tmp_path: Path) -> None:
    told = tmp_path / "calls"
    with Beside(partial(pool_work.note_call, str(told))):
        pass
    assert not told.exists()
    with Beside(partial(pool_work.note_call, str(told))) as call:
        call.begin()
        call.begin()
        assert call.result() == 1
    assert told.read_text() == "called\n"


def test_a_call_that_is_given_up_ends(tmp_path: Path) -> None:
    told = tmp_path / "process"
    with Beside(partial(pool_work.wait_for_ever, str(told))) as call:
        call.begin()
        while not told.is_file() or not told.read_text():
            time.sleep(0.01)
    assert ended(int(told.read_text()))


def ended(process: int) -> bool:
    """Whether a process ends: it is gone, or only its name is left for whoever started it."""
    for _ in range(1000):
        try:
            status = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if status == "Z":
            return True
        time.sleep(0.01)
    return False

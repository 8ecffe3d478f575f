"""A run in a terminal: what stands there, what a person can do meanwhile, and that nothing is left of it."""

from __future__ import annotations

import os
import re
import signal
import termios
import threading
from pathlib import Path

import msgspec
import pytest
from aifirst_model.backends.scripted import Script, Step
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.stoppable import RunStoppedError, Stoppable
from cart_model import CART, TESTS, answer_of_tester, block, script
from terminal_run import TerminalRun, still_there

GENERATE = ("generate", "cart.md", "-o", "shop")
SLEEPS = TESTS["Item"] + "\n\ndef test_long():\n    import time\n\n    time.sleep(50)\n"
WAITS = Step(when="Plan the steps of Item", stall=True)


@pytest.fixture
def folder(tmp_path: Path, sandbox: Bubblewrap) -> Path:
    assert sandbox.name  # where there is none, nothing is generated and these tests are skipped
    (tmp_path / "cart.md").write_text(CART)
    answers(tmp_path, script())
    return tmp_path


def answers(folder: Path, given: Script) -> None:
    (folder / "script.json").write_bytes(msgspec.json.encode(given))


def assert_given_back(run: TerminalRun) -> None:
    """The terminal is as it was: modes, cursor, and no line that the view left."""
    assert termios.tcgetattr(run.second) == run.modes
    assert run.screen.has_cursor
    assert run.screen.unknown == []
    assert "p: pause" not in run.screen.text()
    assert "Traceback" not in run.screen.text()


def test_a_run_is_shown_in_place_and_ends_with_its_outcome(folder: Path) -> None:
    answers(folder, script([Step(when="Write total. It will stand in", answer="no no no no", pause=0.75)]))
    with TerminalRun(folder, *GENERATE, "-j", "1", "--max-calls", "40", "--price", "1", "4") as run:
        run.until(lambda text: text.endswith("[y/N]:"))
        run.type("y\n")
        shown = run.until(lambda text: re.search(r"● total +coder", text))
        assert re.search(r"✓ PLAN  ✓ SPEC  ✓ TICKET  ● CODE .* · DONE", shown)
        assert re.search("✓ add_item [✓·] remove_item", shown)
        assert re.search("units 4: [23] passed, 1 under way", shown)
        assert re.search(r"limits: calls [█░]{8} \d+% of 40", shown)
        assert shown.count("p: pause") == 1
        assert run.end() == 0
        told = run.screen.text()
        assert "TICKET allowed: the person at the terminal" in told
        assert "Shopping cart: 3 of 3 requirements met, 4 of 4 units passed, 9 files written" in told
        assert run.screen.overfull == 0
        assert run.screen.colours
        assert_given_back(run)


@pytest.mark.parametrize(("more", "kind"), [((), "dumb"), (("--plain",), "xterm")], ids=["dumb", "plain"])
def test_a_terminal_that_cannot_move_back_gets_lines(folder: Path, more: tuple[str, ...], kind: str) -> None:
    with TerminalRun(folder, *GENERATE, "--yes", *more, TERM=kind) as run:
        assert run.end() == 0
        assert b"\x1b" not in run.raw
        assert "CODE total asked: coder (" in run.screen.text()


def test_a_narrow_terminal_without_colours_is_never_written_over_its_edge(folder: Path) -> None:
    answers(folder, script([WAITS]))
    with TerminalRun(folder, *GENERATE, "--yes", columns=40, rows=12, NO_COLOR="1") as run:
        run.until(lambda text: "● Item" in text and "designer" in text)
        run.resize(30, 8)
        run.until(lambda text: "● CODE  state 4 of 7" in text)
        assert run.screen.overfull == 0
        run.type("\x03")
        assert run.end() == 130
        assert run.screen.colours == 0
        assert_given_back(run)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_test_in_the_sandbox_is_ended_at_once(folder: Path, number: signal.Signals, code: int) -> None:
    answers(folder, script([answer_of_tester("Item", block(SLEEPS))]))
    with TerminalRun(folder, *GENERATE, "--yes") as run:
        run.until(lambda text: "tests" in text and len(run.below()) > 1)
        processes = run.below()
        if number == signal.SIGINT:
            run.type("\x03")
        else:
            run.process.send_signal(number)
        assert run.end(30) == code  # the test itself would take 50 seconds
        assert not still_there(processes)
        assert ("Interrupted. What was finished is kept" in run.screen.text()) == (number == signal.SIGINT)
        assert_given_back(run)


def test_a_job_of_a_stopped_run_is_killed_and_none_is_begun(sandbox: Bubblewrap) -> None:
    stop = threading.Event()
    job = Job(command=("sleep", "50"), limits=Limits(wall_seconds=60))
    threading.Timer(0.3, stop.set).start()
    stoppable = Stoppable(sandbox, stop)
    with pytest.raises(RunStoppedError):
        stoppable.run(job)
    with pytest.raises(RunStoppedError):
        stoppable.run(Job(command=("true",)))
    cancel = threading.Event()
    cancel.set()
    assert Stoppable(sandbox, threading.Event()).run(job, cancel=cancel).ending == "cancelled"


def test_ctrl_c_ends_a_question_and_a_call_of_a_model(folder: Path) -> None:
    with TerminalRun(folder, *GENERATE) as run:
        run.until(lambda text: text.endswith("[y/N]:"))
        run.type("\x03")
        assert run.end(60) == 130
        assert_given_back(run)
    answers(folder, script([WAITS]))
    with TerminalRun(folder, *GENERATE, "--yes") as run:
        run.until(lambda text: "designer" in text)
        run.type("\x03")
        assert run.end(60) == 130
        assert "so far:" not in run.screen.text()  # nothing was answered
        assert_given_back(run)
    answers(folder, script())
    with TerminalRun(folder, *GENERATE) as run:  # who allowed it is not asked again
        assert run.end() == 0


def test_a_pause_begins_no_call_until_it_goes_on(folder: Path) -> None:
    answers(folder, script([Step(when="Plan the steps of Item", answer="1. do it", pause=0.7)]))
    with TerminalRun(folder, *GENERATE, "--yes") as run:
        run.until(lambda text: "designer" in text)
        run.type("p")
        run.until(
            lambda text: (
                "PAUSED" in text and re.search(r"\b1 calls?\b", text) and re.search("Item +waits", text)
            )
        )
        os.kill(run.process.pid, signal.SIGUSR1)
        run.until(lambda text: "PAUSED" not in text)
        assert run.end() == 0
        assert_given_back(run)


def test_a_failure_is_told_below_a_view_that_is_gone(folder: Path) -> None:
    answers(
        folder,
        script([Step(when="Plan the steps of Item", answer="1. do it", pause=0.6, fail="unreachable")]),
    )
    with TerminalRun(folder, *GENERATE, "--yes") as run:
        run.until(lambda text: "designer" in text)
        assert run.end() == 2
        assert re.search(r"Error: .*cannot be reached", run.screen.text().replace("\n", ""))
        assert_given_back(run)


def test_ctrl_z_gives_the_terminal_back_and_the_view_comes_again(folder: Path) -> None:
    answers(folder, script([WAITS]))
    shell = 'set -m; "$0" "$@"; echo STOPPED; read line; fg; echo ENDED $?'
    with TerminalRun(folder, *GENERATE, "--yes", shell=shell) as run:
        run.until(lambda text: "designer" in text)
        run.type("\x1a")
        run.until(lambda text: "STOPPED" in text)
        assert termios.tcgetattr(run.second) == run.modes
        assert run.screen.has_cursor
        run.type("\n")
        run.until(lambda text: "p: pause" in text.partition("STOPPED")[2])
        assert not run.screen.has_cursor
        run.type("p")
        run.until(lambda text: "PAUSED" in text)
        run.type("\x03")
        run.until(lambda text: "ENDED 130" in text)
        assert run.screen.has_cursor
        assert termios.tcgetattr(run.second) == run.modes

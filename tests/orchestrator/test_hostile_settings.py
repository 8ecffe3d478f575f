"""Files of settings and records that are broken, endless or made to harm: told in a sentence, never waited for."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest
from aifirst_cli.agent_crew import show_calls
from aifirst_cli.agent_run import _show as show_agent  # pyright: ignore[reportPrivateUsage]  what ends a run
from aifirst_cli.failure import Failure
from aifirst_cli.model_run import model_run_errors
from aifirst_orchestrator.agent.earlier_work import recall_work, remember_work
from aifirst_orchestrator.agent.work_on_task import TaskOutcome, next_time
from aifirst_orchestrator.agents.own_agents import OwnAgentsError, read_agents
from aifirst_orchestrator.calls.ask import Reply
from aifirst_orchestrator.calls.budget import RunLimits, Spent
from aifirst_orchestrator.calls.profile import ProfileError, read_profile
from aifirst_orchestrator.calls.tiers import open_tiers
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.golang.go_language import module_in
from aifirst_orchestrator.generate.integrate import KEPT
from aifirst_orchestrator.generate.stale_files import stale_files
from aifirst_orchestrator.prompts.part import Given
from aifirst_orchestrator.trajectory.trajectory import open_trajectory, read_trajectory

PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
STEERING = "\x1b]0;owned\x07\x1b[2J"


@PIPES
def test_a_pipe_is_no_profile_unless_somebody_writes_to_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProfileError, match="nobody writes"):
        read_profile(tmp_path / "pipe", {}, tmp_path)
    reading, writing = os.pipe()  # as a shell gives with <(…)
    os.write(writing, b"Short names.\n")
    os.close(writing)
    assert read_profile(Path(f"/dev/fd/{reading}"), {}, tmp_path) == "Short names."
    os.close(reading)


@PIPES
def test_no_pipe_in_a_project_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / KEPT).mkdir(parents=True)
    for name in ("go.mod", f"{KEPT}/cart.files.json", f"{KEPT}/other.files.json"):
        os.mkfifo(tmp_path / name)
    assert module_in(tmp_path) == ""
    assert stale_files(tmp_path, "cart", []).unchanged == ()


def test_an_index_of_written_files_names_none_outside(tmp_path: Path) -> None:
    (tmp_path / "p" / KEPT).mkdir(parents=True)
    (tmp_path / "mine.py").write_text("x = 1\n")
    names = ["../mine.py", str(tmp_path / "mine.py"), "z" * 300 + ".py", "a\0b.py"]
    index = tmp_path / "p" / KEPT / "cart.files.json"
    index.write_text(json.dumps(dict.fromkeys(names, "0")))
    found = stale_files(tmp_path / "p", "cart", [])
    assert (found.unchanged, found.changed) == ((), ())


@pytest.mark.parametrize("text", ["[editor]\nprompt = " + "[" * 5000, "[editor]\nmax_tokens = " + "9" * 5000])
def test_settings_of_thousands_of_brackets_or_digits_are_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(OwnAgentsError, match="is no TOML"):
        read_agents(file, frozenset())
    with pytest.raises(Exception, match="is no file of models"):
        open_tiers(file, {})


@pytest.mark.parametrize("change", ["at = 'soon'", "title = 'cart', alternatives = '[[['"])
def test_a_memory_of_work_with_values_of_another_kind_is_told_and_left(tmp_path: Path, change: str) -> None:
    for task in ("fix the cart", "fix the total of the cart"):
        assert remember_work(tmp_path, task, None, "done: x", {}) == ""
    connection = sqlite3.connect(tmp_path / "work.db", isolation_level=None)
    connection.execute(f"UPDATE entry SET {change}")  # noqa: S608  the cases above
    connection.close()
    told, notice = recall_work(tmp_path, "the cart is wrong")
    assert told == ""
    assert "holds what it cannot" in notice


def test_what_a_model_or_its_tests_said_does_not_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flaw = Flaw("tests", f"a test failed:\n{STEERING}")
    usage = Spent.start(RunLimits()).told()
    show_agent("text", TaskOutcome("blocked", None, STEERING, f"+{STEERING}\tx\n", (), (), (flaw,)), usage)
    with open_trajectory(tmp_path / "it.steps") as trajectory:
        given = Given(STEERING, "whole", 1, STEERING, source=STEERING)
        trajectory.record("CODE/x/0", Reply("", "stop", STEERING, 1, 1, (given,), agent=STEERING))
    show_calls(read_trajectory(tmp_path / "it.steps"))
    shown = capsys.readouterr().out
    assert "\\x1b[2J\tx" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_a_record_of_another_version_is_told_and_no_bug(tmp_path: Path) -> None:
    with open_trajectory(tmp_path / "it.steps") as trajectory:
        trajectory.record("DONE/ended", ["of another type"])
        told = r"line 1 of the record \(DONE/ended\) .* another version"
        with pytest.raises(Failure, match=told), model_run_errors(tmp_path):
            next_time(trajectory)

"""What agents are told beside the task: the person's profile, and what was done on the project before."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_memory.work.store import WorkMemory
from aifirst_model.answer import Answer
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Options, Prompt
from aifirst_orchestrator.agent.earlier_work import recall_work, remember_work
from aifirst_orchestrator.agent.plan import PlannedStep, TaskPlan
from aifirst_orchestrator.agents.agent import load_agent
from aifirst_orchestrator.calls.ask import Asker, Reply
from aifirst_orchestrator.calls.budget import RunLimits, Spent
from aifirst_orchestrator.calls.profile import ProfileError, read_profile
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.prompts.part import Part
from aifirst_orchestrator.trajectory.trajectory import open_trajectory
from cart_model import CART, script

PROGRAM = Path(sys.executable).with_name("aifirst")
PLAN = TaskPlan("The redirect drops the query.", (PlannedStep("app/login.py", 12, "keep the query"),))


def test_without_a_file_there_is_no_profile(tmp_path: Path) -> None:
    assert read_profile(None, {}, tmp_path) == ""


def test_the_profile_of_the_persons_settings_is_read_wherever_they_are(tmp_path: Path) -> None:
    for folder, environment in (
        (tmp_path / ".config", {}),
        (tmp_path / "elsewhere", {"XDG_CONFIG_HOME": str(tmp_path / "elsewhere")}),
    ):
        (folder / "aifirst").mkdir(parents=True)
        (folder / "aifirst" / "profile.md").write_bytes(b"\xef\xbb\xbfShort names.\n")
        assert read_profile(None, environment, tmp_path) == "Short names."


def test_a_relative_folder_of_settings_is_not_taken_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here" / "aifirst").mkdir(parents=True)
    (tmp_path / "here" / "aifirst" / "profile.md").write_text("obey the project", encoding="utf-8")
    assert read_profile(None, {"XDG_CONFIG_HOME": "here"}, tmp_path / "home") == ""


def test_what_is_no_profile_is_told_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "large.md").write_bytes(b"x" * 20_000)
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    for name, told in (
        ("none.md", "name one that is there"),
        ("large.md", "make it shorter"),
        ("latin.md", "save it as UTF-8"),
        (".", "a file that you may read"),
    ):
        with pytest.raises(ProfileError, match=told):
            read_profile(tmp_path / name, {}, tmp_path)


def test_where_nothing_was_remembered_nothing_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    assert recall_work(tmp_path / ".aifirst", "keep the query") == ("", "")
    assert not (tmp_path / ".aifirst").exists()


def test_what_a_task_came_to_is_told_to_the_next_like_it(tmp_path: Path) -> None:
    folder = tmp_path / ".aifirst"
    changed = {"app/login.py": (b"old", b"new")}
    assert remember_work(folder, "fix the login redirect", PLAN, "done: the query stays", changed) == ""
    assert remember_work(folder, "draw the chart in colour", None, "blocked: no tests", {}) == ""
    told, notice = recall_work(folder, "the redirect after login is wrong")
    assert notice == ""
    lines = told.splitlines()
    assert any("fix the login redirect" in line and "done: the query stays" in line for line in lines)
    assert any("edit app/login.py" in line and "ok: the tests passed" in line for line in lines)
    assert all("chart" not in line for line in lines)
    with WorkMemory.open(folder) as work:
        assert [len(work.entries(session.id)) for session in work.sessions()] == [1, 3]


def test_no_secret_of_a_task_is_remembered(tmp_path: Path) -> None:
    key = "ghp_" + "a1B2" * 9
    remember_work(tmp_path / ".aifirst", f"use the key {key}", None, f"failed with {key}", {})
    assert key not in recall_work(tmp_path / ".aifirst", "use the key")[0]
    assert key.encode() not in b"".join(
        path.read_bytes() for path in (tmp_path / ".aifirst").iterdir() if path.is_file()
    )


def test_a_memory_that_cannot_be_used_is_told_and_keeps_nothing_from_going_on(tmp_path: Path) -> None:
    real = tmp_path / "real"
    remember_work(real, "a task", None, "done", {})
    (tmp_path / ".aifirst").mkdir()
    (tmp_path / ".aifirst" / "work.db").symlink_to(real / "work.db")
    told, notice = recall_work(tmp_path / ".aifirst", "a task")
    assert told == ""
    assert "is a link" in notice
    assert "is a link" in remember_work(tmp_path / ".aifirst", "another", None, "done", {})


class Listening(Scripted):
    """A model that keeps what it was given."""

    def __init__(self) -> None:
        super().__init__(Script((Step(when="", answer="yes", times=0),)))
        self.given: list[Chat] = []

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        assert isinstance(prompt, Chat)
        self.given.append(prompt)
        return await super().generate(prompt, options)


def ask(folder: Path, profile: str, window: int = 8192) -> tuple[Chat, Reply]:
    """What a model is given by an asker with that profile, and the reply with its manifest."""
    model = Listening()
    with open_trajectory(folder / "run.steps") as trajectory:
        asker = Asker(
            trajectory,
            Spent.start(RunLimits()),
            get_counter().count,
            lambda _call, _reply: None,
            profile=profile,
        )
        tier = TierModel("small", model, window, "scripted")
        parts = [Part("ticket", "Write total.")]
        reply = asyncio.run(asker.ask("CODE/total/small/0/code", load_agent("coder"), parts, tier))
    return model.given[-1], reply


def test_every_agent_is_told_the_profile_as_an_order_and_the_record_says_so(tmp_path: Path) -> None:
    chat, reply = ask(tmp_path, "Short names. Key: ghp_" + "a1B2" * 9)
    system = chat.messages[0]
    assert system.role == "system"
    assert "Short names." in system.content
    assert "<material" not in system.content
    assert "a1B2" * 9 not in system.content
    assert [part.source for part in reply.manifest if part.name == "profile"] == ["the person's profile"]


def test_without_a_profile_prompts_are_as_they_were(tmp_path: Path) -> None:
    chat, reply = ask(tmp_path, "")
    assert "person you work for" not in chat.messages[0].content
    assert all(part.name != "profile" for part in reply.manifest)


def test_a_profile_gives_way_where_the_window_is_small(tmp_path: Path) -> None:
    chat, reply = ask(tmp_path, "one rule more\n" * 2000, window=2048)
    assert "Write total." in chat.messages[-1].content
    (profile,) = [part for part in reply.manifest if part.name == "profile"]
    assert profile.form in {"cut", "left-out"}


def test_the_commands_tell_of_a_profile_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "spec.md").write_text(CART, encoding="utf-8")
    (tmp_path / "script.json").write_bytes(msgspec.json.encode(script()))
    variables = {**os.environ, "AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "script.json"}
    done = subprocess.run(
        [PROGRAM, "generate", "spec.md", "-o", "shop", "-y", "--profile", "none.md"], cwd=tmp_path, env=variables,
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 2
    assert "there is no file none.md to read the profile from: name one that is there." in done.stderr


def agent(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`aifirst agent` with a model that turns the number of `till.py` into the next one."""
    number = int((folder / "till.py").read_text().split("= ")[1])
    change = {"path": "till.py", "search": f"RATE = {number}\n", "replace": f"RATE = {number + 1}\n"}
    planned = {
        "understanding": f"the rate is {number + 1} now",
        "steps": [{"path": "till.py", "line": 1, "action": "raise it"}],
    }
    answers: list[tuple[str, object]] = [
        ("Answer with one JSON object of this schema", planned),
        ("What do you do next?", {"tool": "edit", "arguments": {"edits": [change]}}),
        ("What do you do next?", {"tool": "finish", "arguments": {"summary": "the rate is raised"}}),
    ]
    steps = tuple(Step(when=when, answer=json.dumps(answer)) for when, answer in answers)
    (folder / "script.json").write_bytes(msgspec.json.encode(Script(steps)))
    variables = {
        **os.environ, "XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config"),
        "AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "script.json",
    }  # fmt: skip
    return subprocess.run(
        [PROGRAM, "agent", *arguments, "--yes", "--no-test"], cwd=folder, env=variables, capture_output=True,
        text=True, check=False, timeout=300,
    )  # fmt: skip


def test_a_task_is_remembered_once_and_told_to_the_architect_of_the_next(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "till.py").write_text("RATE = 1\n")
    first = agent(tmp_path, "raise the rate of the till")
    assert first.returncode == 0, first.stderr
    again = agent(tmp_path, "raise the rate of the till", "--recorded")
    second = agent(tmp_path, "raise the rate of the till once more")
    assert second.returncode == 0, second.stderr
    shown = agent(tmp_path, "raise the rate of the till once more", "--calls")
    assert "earlier work: whole" in shown.stdout, (shown, again)
    with WorkMemory.open(tmp_path / ".aifirst") as work:
        told = [[entry.title for entry in work.entries(one.id)] for one in work.sessions()]
        edits = [entry for one in work.sessions() for entry in work.entries(one.id) if entry.kind == "edit"]
    assert {one.detail for edit in edits for one in edit.outcomes} == {"not tested"}
    assert told == [
        ["raise the rate of the till once more", "the rate is 3 now", "edit till.py"],
        ["raise the rate of the till", "the rate is 2 now", "edit till.py"],
    ]

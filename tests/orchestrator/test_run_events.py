"""The events of a run as a program reads them, its answers on standard input, and what the record shows afterwards."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from aifirst_model.backends.scripted import Script, Step
from aifirst_orchestrator.generate.event import event_schema
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.trajectory.replay import ReplayedStep, told_step
from cart_model import CART, CODE, block, code_step, script
from terminal_run import TerminalRun

PROGRAM = Path(sys.executable).with_name("aifirst")
SCHEMA = Path(__file__).resolve().parents[2] / "schema/run-event.schema.json"
WRONG = block(CODE["total"].replace("price * amount", "price"))


class Run:
    """The command, spoken to line by line."""

    def __init__(self, folder: Path, given: Script, *arguments: str) -> None:
        (folder / "script.json").write_bytes(msgspec.json.encode(given))
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={
                **os.environ, "XDG_STATE_HOME": str(folder / "state"), "AIFIRST_MODEL_BACKEND": "scripted",
                "AIFIRST_MODEL_SCRIPT": "script.json",
            },
        )  # fmt: skip
        self.events: list[dict[str, Any]] = []

    def say(self, **said: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(said).encode() + b"\n")
        self.process.stdin.flush()

    def fall_silent(self) -> None:
        """Say nothing any more."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.stdin = None

    def told(self) -> Iterator[dict[str, Any]]:
        """Each event as soon as it is told."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            yield self.events[-1]

    def end(self) -> int:
        """Its exit code, all read."""
        for _ in self.told():
            pass
        _, err = self.process.communicate(timeout=120)
        assert b"Traceback" not in err, err
        return self.process.returncode

    def of(self, what: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["what"] == what]


def assert_whole(run: Run) -> None:
    """Every event is of the published form, the stream begins and ends as it says, and numbers have no gap."""
    validator = jsonschema.Draft202012Validator(event_schema())
    for event in run.events:
        validator.validate(event)  # pyright: ignore[reportUnknownMemberType]  jsonschema leaves a type open
    assert [event["number"] for event in run.events] == list(range(1, len(run.events) + 1))
    assert len({event["run"] for event in run.events}) == 1
    assert (run.events[0]["what"], run.events[-1]["what"]) == ("started", "ended")
    assert run.events[-1]["code"] == run.process.returncode
    usage = run.events[-1]["usage"]
    answered = [event for event in run.of("asked") if "agent" in event]
    assert usage["total"]["calls"] == len(answered)
    assert usage["total"]["answer_tokens"] == sum(event.get("tokens", 0) for event in answered)
    assert sum(one["calls"] for one in usage["units"].values()) == len(answered)
    assert sum(one["calls"] for one in usage["agents"].values()) == len(answered)


def test_the_published_schema_is_that_of_the_events() -> None:
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(event_schema()))
    jsonschema.Draft202012Validator.check_schema(event_schema())


def test_a_program_answers_the_gate_pauses_and_is_told_all(tmp_path: Path, sandbox: Bubblewrap) -> None:
    assert sandbox.name
    (tmp_path / "cart.md").write_text(CART)
    given = script([code_step("total", WRONG)])
    run = Run(
        tmp_path, given, "generate", "cart.md", "-o", "shop", "--format", "events", "--price", "1", "4",
        "--max-calls", "40",
    )  # fmt: skip
    for event in run.told():
        if event["what"] == "question":
            assert (event["gate"], event["question"]) == ("tickets", 1)
            assert re.search("add_item +cart/cart.py +FR1", event["detail"])
            run.say(gate="changes", allow=True)
            run.say(gate="tickets", allow=True, question=7)
            run.say(says="nothing")
            run.say(pause=True)
            run.say(gate="tickets", allow=True, question=1, by="Ada in the editor")
        if event["what"] == "paused":
            run.say(pause=False)
    assert run.end() == 0
    assert_whole(run)
    assert [event["detail"].split(",")[0] for event in run.of("ignored")] == [
        "an answer to changes", "an answer to tickets",
        "a line that is none of a program's: Object contains unknown field `says`",
    ]  # fmt: skip
    assert (len(run.of("paused")), len(run.of("resumed"))) == (1, 1)
    assert run.of("allowed")[0]["detail"] == "Ada in the editor"
    assert [one["path"] for one in run.events[0]["units"]] == [
        "cart/item.py",
        *["cart/cart.py"] * 2,
        "cart/total.py",
    ]
    total = run.events[-1]["usage"]["total"]
    assert total["money"] == pytest.approx((total["prompt_tokens"] + 4 * total["answer_tokens"]) / 1e6)
    assert_recorded_is_the_same(tmp_path, run)


def assert_recorded_is_the_same(folder: Path, first: Run) -> None:
    """The record alone comes to the same bytes, with a model that cannot answer; and shows each step."""
    files = {path: path.read_bytes() for path in (folder / "shop").rglob("*.py")}
    for path in files:
        path.unlink()
    again = Run(folder, Script(()), "generate", "cart.md", "-o", "shop", "--recorded", "--format", "events")
    assert again.end() == 0
    assert_whole(again)
    assert {path: path.read_bytes() for path in files} == files
    assert all(event["recorded"] for event in again.of("asked"))
    assert again.of("asking") == []
    assert len(again.of("asked")) == len(first.of("asked"))
    shown = replayed(folder, "generate", "cart.md", "-o", "shop")
    assert [step["kind"] for step in shown][:2] == ["gate", "call"]
    assert sum(step["kind"] == "call" for step in shown) == len(first.of("asked"))
    assert (shown[0]["by"], shown[1]["agent"]) == ("Ada in the editor", "designer")
    assert [one["name"] for one in shown[1]["given"]] == ["agent", "ticket", "task"]
    assert any(step.get("flaws") for step in shown if step["kind"] == "verdict")


def test_a_step_in_short_tells_the_first_line_of_code_and_not_its_fence() -> None:
    text = "```python\nfrom a import b\n\n\ndef c():\n    return b\n```\n"
    step = ReplayedStep(number=3, key="k", at=0.0, kind="call", agent="coder", model="m", text=text)
    told = list(told_step(step, whole=False))
    assert told[1:] == ["      | from a import b", "      | … 2 lines more"]
    assert "      | ```python" in told_step(step, whole=True)


def replayed(folder: Path, *arguments: str) -> Sequence[dict[str, Any]]:
    """The steps of a saved run; nothing is written by showing them."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run = Run(folder, Script(()), *arguments, "--replay", "--format", "json")
    out, err = run.process.communicate(timeout=60)
    assert run.process.returncode == 0, err
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before if path.name != "script.json"} == {
        path: raw for path, raw in before.items() if path.name != "script.json"
    }
    return json.loads(out)["steps"]


def test_files_are_written_once_their_difference_is_taken(tmp_path: Path, sandbox: Bubblewrap) -> None:
    assert sandbox.name
    (tmp_path / "cart.md").write_text(CART)
    arguments = ("generate", "cart.md", "-o", "shop", "--review", "--format", "events")
    for allow, code in ((False, 1), (True, 0)):
        run = Run(tmp_path, script(), *arguments)
        for event in run.told():
            if event["what"] == "question":
                run.say(gate=event["gate"], allow=event["gate"] == "tickets" or allow)
        assert run.end() == code
        assert_whole(run)
        assert "--- /dev/null\n+++ b/cart/item.py\n" in run.of("question")[-1]["difference"]
        assert (tmp_path / "shop/cart/item.py").exists() == allow


SHOP = '"""Prices."""\n\n\ndef price(amount, unit):\n    """Return the price."""\n    return amount * unit\n'
PLAN = {
    "understanding": "a discount is wanted",
    "steps": [{"path": "shop.py", "line": 6, "action": "take a tenth off"}],
    "done_when": "price(10, 2) is 18",
}


def use(tool: str, **arguments: object) -> str:
    return json.dumps({"why": "it is next", "tool": tool, "arguments": arguments})


def edit(path: str, search: str, replace: str) -> str:
    return use("edit", edits=[{"path": path, "search": search, "replace": replace}])


def agent_script(*requests: str) -> Script:
    return Script(
        (
            Step(when="Answer with one JSON object of this schema", answer=json.dumps(PLAN)),
            *(Step(when="What do you do next?", answer=one) for one in requests),
        )
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    return tmp_path


def test_an_editor_answers_every_gate_of_an_agent_and_gets_the_difference(shop: Path) -> None:
    given = agent_script(
        use("ask", question="How much?"),
        edit("pyproject.toml", 'version = "1"\n', 'version = "2"\n'),
        edit("shop.py", "    return amount * unit\n", "    return amount * unit * 0.9\n"),
        use("finish", summary="a tenth less"),
    )
    run = Run(shop, given, "agent", "a discount", "--no-test", "--format", "events")
    answers: dict[str, dict[str, object]] = {
        "plan": {"allow": True}, "ask": {"answer": "a tenth"}, "danger": {"allow": False}, "changes": {"allow": True},
    }  # fmt: skip
    for event in run.told():
        if event["what"] == "question":
            run.say(gate=event["gate"], question=event["question"], **answers[event["gate"]])
    assert run.end() == 0
    assert_whole(run)
    asked = {event["gate"]: event for event in run.of("question")}
    assert [event["gate"] for event in run.of("question")] == ["plan", "ask", "danger", "changes"]
    assert "shop.py:6 take a tenth off" in asked["plan"]["detail"]
    assert "-    return amount * unit\n+    return amount * unit * 0.9\n" in asked["changes"]["difference"]
    assert "amount * unit * 0.9" in (shop / "shop.py").read_text()
    assert 'version = "1"' in (shop / "pyproject.toml").read_text()
    shown = replayed(shop, "agent", "a discount")
    tools = {step["request"]["tool"]: step for step in shown if step["kind"] == "tool"}
    assert tools["ask"]["text"] == "a tenth"
    assert any(step.get("allowed") is False for step in shown if step["kind"] == "tool")
    verdicts = {step["key"].rpartition("/")[2] for step in shown if step["kind"] == "verdict"}
    assert "rules" in verdicts
    assert [step["by"] for step in shown if step["kind"] == "gate"] == [
        "the program that reads the events"
    ] * 2


def test_where_nobody_answers_any_more_a_gate_stays_shut_and_a_limit_of_money_holds(shop: Path) -> None:
    run = Run(
        shop,
        agent_script(use("finish", summary="x")),
        "agent",
        "a discount",
        "--no-test",
        "--format",
        "events",
    )
    run.fall_silent()
    assert run.end() == 2
    assert "there is nobody to ask about the plan" in run.events[-1]["detail"]
    stopped = Run(shop, Script((Step(stall=True),)), "agent", "a third", "--no-test", "--format", "events")
    for event in stopped.told():
        if event["what"] == "asking":
            stopped.say(stop=True)
    assert stopped.end() == 130
    assert (stopped.events[-1]["detail"], stopped.events[-1]["code"]) == ("interrupted", 130)
    limited = ("--max-cost", "0.0000001", "--price", "1", "1", "--yes", "--format", "json")
    (shop / "other.py").write_text("")
    poor = Run(shop, agent_script(), "agent", "another task", "--no-test", *limited)
    out, err = poor.process.communicate(timeout=60)
    assert (poor.process.returncode, out) == (2, b"")
    assert b"may use 1e-07 of money, which are used up" in err


def test_an_interpreter_that_is_not_there_is_told_before_a_model_is_asked(shop: Path) -> None:
    run = Run(shop, agent_script(), "agent", "a discount", "--yes", "--python", "../none/bin/python")
    _, err = run.process.communicate(timeout=60)
    assert run.process.returncode == 2
    assert err == b"Error: there is no interpreter ../none/bin/python: name one that is there with --python\n"


def test_an_interpreter_may_be_named_from_the_folder_above(shop: Path) -> None:
    given = agent_script(
        edit("shop.py", "    return amount * unit\n", "    return amount * unit * 0.9\n"),
        use("finish", summary="a tenth less"),
    )
    (shop / "test_shop.py").write_text(
        "import shop\n\n\ndef test_price():\n    assert shop.price(1, 10) == 9\n"
    )
    named = os.path.relpath(sys.executable, shop)
    run = Run(shop, given, "agent", "a discount", "--yes", "--python", named, "--format", "json")
    out, err = run.process.communicate(timeout=120)
    assert run.process.returncode == 0, (out, err)
    assert json.loads(out)["state"] == "done"


def test_ctrl_c_ends_a_question_that_an_agent_asks(shop: Path) -> None:
    (shop / "script.json").write_bytes(msgspec.json.encode(agent_script(use("ask", question="How much?"))))
    with TerminalRun(shop, "agent", "a discount", "--no-test", "--yes") as run:
        run.until(lambda text: "How much?" in text)
        run.type("\x03")
        assert run.end(60) == 130
        assert run.screen.has_cursor
        assert termios.tcgetattr(run.second) == run.modes


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "test_a failed:\nF  [100%]\n    assert a() == 2\nE   AssertionError: assert 1 == 2\nE    + where",
            "test_a failed: AssertionError: assert 1 == 2",
        ),
        ("TestA failed:\n--- FAIL: TestA\n    a_test.go:7: got 1", "TestA failed: a_test.go:7: got 1"),
        (
            "test a failed:\nAssertionError [ERR_ASSERTION]: 1",
            "test a failed: AssertionError [ERR_ASSERTION]: 1",
        ),
        (
            "t failed:\nAssertionError: not equal:\n\n300 !== 600\n",
            "t failed: AssertionError: not equal: 300 !== 600",
        ),
        ("test_a failed:\nnothing that says why", "test_a failed:"),
        ("it is not said\nE   why", "it is not said"),
    ],
)
def test_what_tests_found_is_told_in_a_line_with_its_reason(message: str, told: str) -> None:
    assert Flaw("tests", message).in_short() == told

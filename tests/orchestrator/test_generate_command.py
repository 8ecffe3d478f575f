"""`aifirst generate` as a person and a program use it: told, asked, killed, and gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from aifirst_model.backends.scripted import Step
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from cart_model import CART, script

PROGRAM = Path(sys.executable).with_name("aifirst")


class Command:
    """The command in a folder, with a scripted model."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "cart.md").write_text(CART)
        self.answers(script())

    def answers(self, given: msgspec.Struct) -> None:
        (self.folder / "script.json").write_bytes(msgspec.json.encode(given))

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        variables = {
            **os.environ,
            "XDG_STATE_HOME": str(self.folder / "state"),
            "AIFIRST_MODEL_BACKEND": "scripted",
            "AIFIRST_MODEL_SCRIPT": "script.json",
            **environment,
        }
        return subprocess.Popen(
            [PROGRAM, "generate", *arguments], cwd=self.folder, env=variables, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        with self.start(*arguments, **environment) as process:
            out, err = process.communicate(timeout=300)
        assert b"Traceback" not in err
        return process.returncode, out.decode(), err.decode()

    def files(self, name: str) -> dict[str, bytes]:
        root = self.folder / name
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and ".aifirst" not in path.relative_to(root).parts
        }


@pytest.fixture
def command(tmp_path: Path, sandbox: Bubblewrap) -> Command:
    assert sandbox.name  # where there is none, nothing is generated and these tests are skipped
    return Command(tmp_path)


def test_a_person_sees_what_goes_on_and_what_came_of_it(command: Command) -> None:
    code, out, err = command("cart.md", "-o", "shop", "--yes")
    assert code == 0, err
    assert out.startswith("Shopping cart: 3 of 3 requirements met, 4 of 4 units passed, 9 files written\n")
    assert out.endswith("what is met, by which unit and test: shop/reports/shopping-cart.md\n")
    assert "VERIFY total passed" in err
    done = subprocess.run(
        [PROGRAM, "validate", ".", "--format", "json"],
        cwd=command.folder / "shop",
        capture_output=True,
        check=False,
    )
    assert [one for one in json.loads(done.stdout)["findings"] if one["severity"] == "error"] == []
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "tests"],
        cwd=command.folder / "shop", capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": "."},
    )  # fmt: skip
    assert "4 passed" in tests.stdout


def test_a_program_gets_events_or_the_outcome(command: Command) -> None:
    code, out, _ = command("cart.md", "-o", "shop", "--yes", "--format", "events")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [one["unit"] for one in events[0]["units"]] == ["Item", "add_item", "remove_item", "total"]
    assert (events[1]["state"], events[1]["what"], events[1]["detail"]) == ("TICKET", "allowed", "--yes")
    assert (events[-2]["state"], events[-2]["what"]) == ("DONE", "passed")
    assert (events[-1]["what"], events[-1]["code"]) == ("ended", 0)
    code, out, _ = command("cart.md", "-o", "shop", "--yes", "--format", "json")
    told = json.loads(out)
    assert (code, told["version"], told["done"], told["written"]) == (0, 1, True, [])
    assert [one["standing"] for one in told["traceability"]["requirements"]] == ["met"] * 3


def _steps_in(records: Path) -> int:
    return sum(record.read_bytes().count(b"\n") for record in records.glob("*.steps"))


@pytest.mark.parametrize("after", [1, 4, 8, 12])
def test_a_killed_run_goes_on_to_the_same_bytes(command: Command, after: int) -> None:
    command("cart.md", "-o", "whole", "--yes")
    slow = script()
    command.answers(
        msgspec.structs.replace(
            slow, steps=tuple(msgspec.structs.replace(one, pause=0.01) for one in slow.steps)
        )
    )
    process = command.start("cart.md", "-o", "cut", "--yes")
    records = command.folder / "cut/.aifirst/generate"
    deadline = time.monotonic() + 120
    while _steps_in(records) < after and time.monotonic() < deadline:
        if process.poll() is not None:
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    command.answers(script())
    code, _, err = command("cart.md", "-o", "cut", "--yes")
    assert code == 0, err
    assert command.files("cut") == command.files("whole")


def test_an_interrupted_run_says_so_and_goes_on(command: Command) -> None:
    command.answers(script([Step(when="Plan the steps of total", stall=True)]))
    process = command.start("cart.md", "-o", "shop", "--yes", "--format", "events")
    assert process.stdout is not None
    for line in process.stdout:
        if b'"total"' in line and b"begun" in line:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert b"Traceback" not in err
    command.answers(script())
    assert command("cart.md", "-o", "shop", "--yes")[0] == 0


def test_what_waits_for_a_person_is_exit_code_1(command: Command) -> None:
    command.answers(script([Step(when="Write total. It will stand in", answer="no", times=0)]))
    code, out, _ = command("cart.md", "-o", "shop", "--yes", "--repairs", "0")
    assert code == 1
    assert "total waits for you after 1 attempts:" in out
    assert "the answer has no block of Python" in out
    assert not (command.folder / "shop/cart/total.py").exists()


def test_a_larger_model_of_a_file_takes_over(command: Command) -> None:
    (command.folder / "stubborn.json").write_bytes(
        msgspec.json.encode(script([Step(when="Write total. It will stand in", answer="no", times=0)]))
    )
    (command.folder / "tiers.toml").write_text(
        '[small]\nbackend = "scripted"\nscript = "stubborn.json"\n[large]\nbackend = "scripted"\nscript = "script.json"\n'
    )
    code, out, err = command(
        "cart.md", "-o", "shop", "--yes", "--models", "tiers.toml", "--repairs", "1", "--format", "json"
    )
    assert code == 0, err
    assert json.loads(out)["units"]["total"]["tier"] == "large"
    assert json.loads(out)["units"]["Item"]["tier"] == "small"


def test_bad_input_is_one_clear_line(command: Command) -> None:
    folder = command.folder
    (folder / "gap.md").write_text(
        CART.replace("## Interfaces", "- FR4: rivers flow uphill\n\n## Interfaces")
    )
    (folder / "rust.md").write_text("# T\n\n- FR1: `go` goes\n\n## API\n\n```rust a/b.rs\nfn go() { }\n```\n")
    (folder / "empty.toml").write_text("")
    (folder / "wrong.toml").write_text("[huge]\nmodel = 1\n")
    (folder / "taken").write_text("a file")
    (folder / "set").mkdir()
    (folder / "set/aifirst.toml").write_text("preset = 3\n")
    for arguments, environment, said in (
        (("gap.md", "-o", "x", "--yes"), {}, "cannot be built from yet"),
        (
            ("rust.md", "-o", "x", "--yes"),
            {},
            "rust is not generated; Python, TypeScript, JavaScript, Go are",
        ),
        (("cart.md", "-o", "x"), {}, "there is nobody to ask"),
        (("cart.md", "-o", "x", "--yes", "--max-cost", "1"), {}, "--max-cost needs --price"),
        (("cart.md", "-o", "x", "--yes", "--max-calls", "3"), {}, "and it goes on from here.\n"),
        (("cart.md", "-o", "x", "--yes", "--models", "none.toml"), {}, "none.toml cannot be read"),
        (("cart.md", "-o", "x", "--yes", "--models", "empty.toml"), {}, "is empty"),
        (("cart.md", "-o", "x", "--yes", "--models", "wrong.toml"), {}, "is no file of models"),
        (("cart.md", "-o", "x", "--yes", "--preset", "none"), {}, "'none' is not one of 'full', 'balanced'"),
        (("cart.md", "-o", "set", "--yes"), {}, 'preset is 3; expected one of "full"'),
        (("cart.md", "-o", "taken", "--yes"), {}, "is a file, where another is to be written"),
        (("cart.md", "-o", "x", "--yes"), {"AIFIRST_MODEL_SCRIPT": ""}, "AIFIRST_MODEL_URL"),
        (("cart.md", "-o", "y", "--yes"), {"AIFIRST_MODEL_SCRIPT": "none.json"}, "none.json"),
    ):
        code, _, err = command(*arguments, **environment)
        assert code == 2, (arguments, err)
        assert said in err, err
        assert "asked" not in err or "--max-calls" in arguments
    assert not list(folder.glob("x/cart*"))


class _NotThere(BaseHTTPRequestHandler):
    """A server that knows no model, as one answers where its name or the address is wrong."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_error(404, "no such model")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


def test_a_model_that_is_not_there_ends_the_run_at_its_first_call(command: Command) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _NotThere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/v1"
        named = {
            "AIFIRST_MODEL_BACKEND": "openai-compatible",
            "AIFIRST_MODEL_URL": address,
            "AIFIRST_MODEL": "none",
        }
        code, _, err = command("cart.md", "-o", "shop", "--yes", **named)
        server.shutdown()
    assert code == 2
    assert "check the address, which ends before /completions, and the model's name" in err
    assert "CODE Item asked" not in err
    assert command.files("shop") == {}
    code, _, err = command("cart.md", "-o", "shop", "--yes")  # with one that is there
    assert code == 0, err


def test_a_record_that_was_changed_is_told_with_its_line(command: Command) -> None:
    command("cart.md", "-o", "x", "--yes", "--max-calls", "1")
    folder = command.folder
    (damaged,) = (folder / "x/.aifirst/generate").glob("*.steps")
    damaged.write_bytes(b"{}\n" + damaged.read_bytes())
    code, _, err = command("cart.md", "-o", "x", "--yes")
    assert code == 2
    assert "line 1 is not as it was written" in err


def test_a_record_that_came_with_the_folder_opens_no_gate(command: Command) -> None:
    command("cart.md", "-o", "shop", "--yes")
    code, _, err = command("cart.md", "-o", "shop", XDG_STATE_HOME=str(command.folder / "another person"))
    assert code == 2
    assert "there is nobody to ask" in err
    assert command("cart.md", "-o", "shop")[0] == 0  # who allowed it himself is not asked again


def test_files_of_a_unit_that_is_no_more_are_named_and_removed_only_where_nobody_changed_them(
    command: Command,
) -> None:
    command("cart.md", "-o", "shop", "--yes")
    shop = command.folder / "shop"
    by_hand = shop / "tests/cart/test_total.py"
    by_hand.write_text(by_hand.read_text() + "# mine\n")
    without = CART.replace("- FR3: the total is the sum of amount times price\n", "")
    (command.folder / "cart.md").write_text(without[: without.index("```python cart/total.py")])
    code, out, err = command("cart.md", "-o", "shop", "--yes")
    assert code == 0, err
    assert "cart/total.py belongs to no unit any more: --prune removes it\n" in out
    assert "tests/cart/test_total.py belongs to no unit any more and was changed by hand: it stays\n" in out
    assert (shop / "cart/total.py").exists()
    _, out, _ = command("cart.md", "-o", "shop", "--yes", "--prune", "--format", "json")
    assert json.loads(out)["stale"] == {
        "unchanged": [], "changed": ["tests/cart/test_total.py"], "removed": ["cart/total.py"]
    }  # fmt: skip
    assert not (shop / "cart/total.py").exists()
    assert by_hand.exists()
    assert (
        json.loads((shop / "reports/shopping-cart.json").read_text())["specification"]
        == "specs/shopping-cart.md"
    )

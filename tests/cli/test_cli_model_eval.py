"""`aifirst model eval`: canonical answers all pass, emptied ones never, a killed run goes on, wrong use says what to do.

The suite is the real HumanEval where the machine has it beside the repository (or as AIFIRST_HUMANEVAL), and else
problems that are made here.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from command_run import PROGRAM, Aifirst, environment

_BESIDE = Path(__file__).resolve().parents[3] / "shared/data/HumanEval.jsonl.gz"
REAL = Path(os.environ.get("AIFIRST_HUMANEVAL", _BESIDE))


def made_problems() -> list[dict[str, str]]:
    """Forty problems in HumanEval's form."""
    return [
        {
            "task_id": f"HumanEval/{number}", "entry_point": f"add_{number}",
            "prompt": f'def add_{number}(a: int) -> int:\n    """Add {number} to a."""\n',
            "canonical_solution": f"    return a + {number}\n",
            "test": f"def check(candidate):\n    assert candidate(1) == {number + 1}\n",
        }
        for number in range(40)
    ]  # fmt: skip


@pytest.fixture
def problems() -> list[dict[str, str]]:
    """The problems of the suite."""
    if not REAL.exists():
        return made_problems()
    return [json.loads(line) for line in gzip.decompress(REAL.read_bytes()).splitlines()]


@pytest.fixture
def suite(folder: Path, problems: list[dict[str, str]]) -> Path:
    """The suite's file."""
    path = folder / "HumanEval.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in problems).encode()))
    return path


def script(folder: Path, problems: list[dict[str, str]], answer: str = "") -> Path:
    """A scripted model that gives the canonical answers, or always the same one."""
    steps = [
        {"when": row["prompt"].rstrip(), "answer": answer or row["canonical_solution"], "times": 0}
        for row in problems
    ]
    path = folder / "script.json"
    path.write_text(json.dumps({"version": 1, "steps": steps}))
    return path


def result_of(folder: Path) -> dict[str, Any]:
    """What the run saved."""
    return json.loads((folder / "result.json").read_bytes())


def started(folder: Path, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """The command, running."""
    return subprocess.Popen(
        [PROGRAM, *arguments], cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def wait_for_outcomes(run: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when some answers are tested."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and process.poll() is None:
        file = run / "outcomes.jsonl"
        if file.exists() and file.read_bytes().count(b"\n") >= 5:
            return
        time.sleep(0.02)
    pytest.fail("nothing was tested")


def test_canonical_answers_all_pass_also_when_the_run_was_killed_and_interrupted(
    aifirst: Aifirst, folder: Path, suite: Path, problems: list[dict[str, str]]
) -> None:
    model = ["--backend", "scripted", "--script", script(folder, problems)]
    command = ["model", "eval", "humaneval", suite, *model, "--out", "run", "--workers", "2"]
    killed = started(folder, *command)
    wait_for_outcomes(folder / "run", killed)
    killed.kill()
    killed.communicate()
    with (folder / "run/answers.jsonl").open("ab") as stream:
        stream.write(b'{"name":"HumanEval/1","sam')
    interrupted = started(folder, *command)
    before = (folder / "run/outcomes.jsonl").read_bytes().count(b"\n")
    while (
        interrupted.poll() is None and (folder / "run/outcomes.jsonl").read_bytes().count(b"\n") < before + 3
    ):
        time.sleep(0.02)
    interrupted.send_signal(signal.SIGINT)
    _, said = interrupted.communicate(timeout=60)
    assert interrupted.returncode in (0, 130), said
    done = aifirst(*command)
    assert done.code == 0, done.err
    result = result_of(folder / "run")
    assert result["metrics"]["pass@1"]["value"] == 1.0
    assert len(result["items"]) == len(problems)
    assert (folder / "run/outcomes.jsonl").read_bytes().count(b"\n") == len(problems)
    assert "pass@1" in done.out
    assert "bubblewrap" in done.out


def test_emptied_and_cheating_answers_never_pass(
    aifirst: Aifirst, folder: Path, suite: Path, problems: list[dict[str, str]]
) -> None:
    cheat = "    import os\n    os._exit(0)\n"
    for name, answer in (("emptied", "    pass\n"), ("cheat", cheat)):
        model = ["--backend", "scripted", "--script", script(folder, problems, answer)]
        done = aifirst(
            "model", "eval", "humaneval", suite, *model, "--out", name, "--first", "12", "--format", "json"
        )
        assert done.code == 0, done.err
        assert json.loads(done.out)["metrics"]["pass@1"]["value"] == 0.0
        assert json.loads(done.out) == result_of(folder / name)


def test_mbpp_is_asked_with_solved_problems_before(aifirst: Aifirst, folder: Path) -> None:
    rows = [
        {
            "task_id": number, "text": f"Write a function to add {number}.", "test_setup_code": "",
            "code": f"import math\r\ndef add_{number}(a):\r\n  return math.floor(a) + {number}",
            "test_list": [f"assert math.floor(add_{number}(1)) == {number + 1}"], "challenge_test_list": [],
        }
        for number in (2, 3, 4, 11, 12, 511)
    ]  # fmt: skip
    (folder / "mbpp.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    steps = [
        {"when": f"add {row['task_id']}. Your code", "answer": f"{row['code']}\n[DONE]\nnoise", "times": 0}
        for row in rows[3:]
    ]
    (folder / "script.json").write_text(json.dumps({"version": 1, "steps": steps}))
    run = [
        "model",
        "eval",
        "mbpp",
        "mbpp.jsonl",
        "--backend",
        "scripted",
        "--script",
        "script.json",
        "--format",
        "json",
    ]
    done = aifirst(*run, "--shots", "3", "--out", "run")
    assert done.code == 0, done.err
    metric = json.loads(done.out)["metrics"]["pass@1"]
    assert (metric["value"], metric["count"]) == (1.0, 2)
    assert "--shots is for base models" in aifirst(*run, "--shots", "1", "--chat", "--out", "other").err


def test_answers_of_a_file_are_tested_without_a_model(aifirst: Aifirst, folder: Path, suite: Path) -> None:
    rows = [json.loads(line) for line in gzip.decompress(suite.read_bytes()).splitlines()][:4]
    lines = [
        {"task_id": row["task_id"], "completion": answer}
        for row, right in zip(rows, (2, 1, 0, 0), strict=True)
        for answer in [row["canonical_solution"]] * right + ["    pass\n"] * (2 - right)
    ]
    (folder / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run = ["model", "eval", "humaneval", suite, "--answers", "samples.jsonl", "--first", "4", "--out", "run"]
    (folder / "empty.jsonl").write_text("\n")
    none = aifirst("model", "eval", "humaneval", suite, "--answers", "empty.jsonl", "--out", "none")
    assert (none.code, (folder / "none").exists()) == (2, False)
    assert "empty.jsonl has no answers, so nothing can be judged: give one object a line" in none.err
    few = aifirst(*run)
    assert few.code == 2
    assert "--samples 2" in few.err
    done = aifirst(*run, "-n", "2", "--k", "1", "--k", "2", "--format", "json", "--out", "other")
    assert done.code == 0, done.err
    metrics = json.loads(done.out)["metrics"]
    assert metrics["pass@1"]["value"] == pytest.approx(3 / 8)
    assert metrics["pass@2"]["value"] == pytest.approx(2 / 4)


def saved(path: Path, scores: list[float]) -> str:
    """A result in a file."""
    items = [{"name": str(at), "scores": {"pass@1": [score, 1.0]}} for at, score in enumerate(scores)]
    metric = {"value": sum(scores) / len(scores), "better": "higher"}
    told = {"kind": "humaneval", "subject": path.stem, "metrics": {"pass@1": metric}, "items": items}
    path.write_text(json.dumps(told))
    return path.name


def test_the_gate_stops_a_model_that_got_worse(aifirst: Aifirst, folder: Path) -> None:
    good = saved(folder / "good.json", [1.0] * 60 + [0.0] * 40)
    bad = saved(folder / "bad.json", [1.0] * 40 + [0.0] * 60)
    gate = ["model", "eval", "gate"]
    assert "--update" in aifirst(*gate, good, "--baseline", "base.json").err
    assert aifirst(*gate, good, "--baseline", "base.json", "--update").code == 0
    assert aifirst(*gate, good, "--baseline", "base.json").code == 0
    stopped = aifirst(*gate, bad, "--baseline", "base.json", "--format", "json")
    assert stopped.code == 1
    assert json.loads(stopped.out)["checks"][0]["why"] == "worse"
    assert aifirst(*gate, good, "--at-least", "pass@1=0.7").code == 1
    assert "nothing to hold it to" in aifirst(*gate, good).err
    assert "no figure with a number" in aifirst(*gate, good, "--at-least", "pass@1").err
    compared = aifirst("model", "eval", "compare", good, bad)
    assert compared.code == 0
    assert "worse" in compared.out


def test_what_a_run_wrote_is_judged_and_its_confidence_measured(
    aifirst: Aifirst, folder: Path, suite: Path, problems: list[dict[str, str]]
) -> None:
    run = ["--backend", "scripted", "--script", script(folder, problems), "--first", "24", "--out", "run"]
    assert aifirst("model", "eval", "humaneval", suite, *run).code == 0
    style = aifirst("model", "eval", "style", "run", "--format", "json", "-o", "kept/style.json")
    assert style.code == 0, style.err
    assert json.loads(style.out)["metrics"]["style_compliance"]["count"] == 24
    assert (folder / "kept/style.json").read_text().strip() == style.out.strip()
    assert "say what is judged" in aifirst("model", "eval", "style", "run", "--write", "x").err
    assert "say what is judged" in aifirst("model", "eval", "style").err
    sure = aifirst("model", "eval", "calibration", "run", "--format", "json")
    assert sure.code == 0, sure.err
    # Every token of the script has a log-probability of -0.1, and every answer passed.
    assert json.loads(sure.out)["metrics"]["ece"]["value"] == pytest.approx(1 - math.exp(-0.1), abs=1e-6)
    shown = aifirst("model", "eval", "calibration", "run", "--format", "markdown").out
    assert "### Reliability as it is" in shown


def test_aiccl_of_the_codec_and_speed_of_a_model_are_told(
    aifirst: Aifirst, folder: Path, suite: Path
) -> None:
    (folder / "code.py").write_text(
        "def first(rows):\n    best = None\n    for row in rows:\n        if best is None or row < best:\n"
        "            best = row\n    return best\n"
    )
    made = aifirst("model", "eval", "aiccl", "code.py", "--tests", suite, "--first", "2", "--format", "json")
    assert made.code == 2
    assert "no file has a piece" in made.err
    (folder / "code.py").write_text(
        (folder / "code.py").read_text().replace("first", "first_of_all_rows_that_are_given") * 3
    )
    made = aifirst("model", "eval", "aiccl", "code.py", "--tests", suite, "--first", "2", "--format", "json")
    assert made.code == 0, made.err
    metrics = json.loads(made.out)["metrics"]
    assert metrics["semantic_preservation"]["value"] == metrics["round_trip"]["value"] == 1.0
    model = ["--backend", "scripted", "--script", script(folder, made_problems()[:1])]
    (folder / "prompt.txt").write_text(made_problems()[0]["prompt"])
    speed = aifirst("model", "eval", "speed", *model, "-n", "3", "--prompts", "prompt.txt")
    assert speed.code == 0, speed.err
    assert "first token p95" in speed.out
    quality = saved(folder / "quality.json", [1.0, 0.0])
    row = aifirst(
        "model", "eval", "speed", *model, "-n", "1", "--prompts", "prompt.txt", "--quality", quality
    ).out
    assert "humaneval pass@1 0.5000" in row
    told = aifirst("model", "eval", "perplexity", "code.py", *model, "--format", "json")
    assert told.code == 0, told.err
    assert json.loads(told.out)["metrics"]["log_loss_per_token"]["value"] == pytest.approx(0.1)
    wide = aifirst("model", "eval", "perplexity", "code.py", *model, "--stride", "2000")
    assert "stride of 2,000 tokens is larger than the window of 1,024" in wide.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["-n", "2", "--temperature", "0"], "all the same"),
        (["--k", "5"], "needs as many samples"),
        (["--sandbox", "container", "--image", "none"], "--sandbox unsafe"),
        (["--backend", "nothing"], "'nothing' is not one of 'openai-compatible', 'llama-cpp',"),
        (["--answers", "broken.jsonl"], "broken.jsonl:1: this is no answer"),
        (["--max-tokens", "7"], "give that again to go on with it"),
    ],
)
def test_wrong_use_says_the_next_step(
    aifirst: Aifirst, folder: Path, suite: Path, more: list[str], said: str
) -> None:
    (folder / "broken.jsonl").write_text("{}\n")
    model = ["--backend", "scripted", "--script", script(folder, made_problems())]
    command = ["model", "eval", "humaneval", suite, *model, "--first", "1", "--out", "run"]
    if "--max-tokens" in more:
        begun = started(folder, *command)
        begun.communicate(timeout=60)
    ended = aifirst(*command, *more)
    assert ended.code == 2
    assert said in ended.err


def test_a_run_whose_questions_were_all_refused_is_no_figure(
    aifirst: Aifirst, folder: Path, suite: Path
) -> None:
    (folder / "none.json").write_text(json.dumps({"version": 1, "steps": [{"fail": "refused", "times": 0}]}))
    command = ["model", "eval", "humaneval", suite, "--backend", "scripted", "--script", "none.json"]
    ended = aifirst(*command, "--first", "2", "--out", "run")
    assert ended.code == 2
    assert "all 2 questions were refused (the model's server answered 400: " in ended.err

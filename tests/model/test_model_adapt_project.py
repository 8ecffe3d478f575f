"""One command makes a completer of a project, goes on where it was stopped, and tells the truth about what came of it."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.adapt.adapt_error import AdaptError
from aifirst_model.adapt.adapt_project import adapt_recipe
from aifirst_model.adapt.adapt_report import Asked
from aifirst_model.adapt.adapt_steps import begin, check_extent
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.dataset.folder import DatasetWriter
from aifirst_model.dataset.record import About, Gap
from aifirst_model.export.gguf_file import read_gguf
from aifirst_model.library.machine_memory import MachineMemory
from aifirst_model.training import estimate

pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
pytest.importorskip("xllamacpp", reason="xllamacpp is missing: pip install 'aifirst[local]'")
PATIENCE = 400.0
NAMES = ("order", "price", "stock", "label", "route", "ticket", "region", "sensor", "packet", "camera")


def write_project(root: Path) -> Path:
    """Thirty files; in every function the last two lines are the same, so that looking them up completes them."""
    draw = random.Random(4)  # noqa: S311  the same project each time, no secret
    root.mkdir()
    for number in range(30):
        text = "from tables import load_table\n"
        for _ in range(5):
            text += f"\n\ndef read_{draw.choice(NAMES)}_{draw.randrange(999)}(path):\n"
            for _ in range(2):
                text += f"    {draw.choice(NAMES)} = {draw.choice(NAMES)}_{draw.randrange(99)}({draw.randrange(999)})\n"
            text += "    table = load_table(path, columns=COLUMNS)\n    return table.rows_without_header\n"
        (root / f"m{number}.py").write_text(text)
    return root


def command(project: Path, base: Path, out: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "aifirst_cli", "model", "adapt", str(project), "--base", str(base), "-o", str(out),
        "--steps", "8", "--length", "128", "--batch", "4", "--lines", "40", "--threads", "1",
        "--learning-rate", "0.01", *more,
    ]  # fmt: skip


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(
        arguments, capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment
    )


def lookup_by_hand(project: Path, held: set[str]) -> float:
    """The share of lines of a kind that the lookup completes: those that are the same in every file."""
    lines = [line for name in sorted(held) for line in (project / name).read_text().splitlines()]
    asked = [line for line in lines if len(line.strip()) >= 10]
    same = [line for line in asked if "COLUMNS" in line or "rows_without" in line or "import" in line]
    return len(same) / len(asked)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("adapt") / "project")


def test_it_is_stopped_gone_on_with_and_told(project: Path, tiny_qwen2: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(
        command(project, tiny_qwen2, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    until = time.monotonic() + PATIENCE
    while not (out / "run" / "run.json").exists() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert not (out / "adapt.json").exists()
    done = run(command(project, tiny_qwen2, out))
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, Any] = json.loads((out / "adapt.json").read_text())
    held = {
        json.loads(line)["about"]["path"]
        for line in (out / "dataset" / "test.jsonl").read_text().splitlines()
    }
    trained = {
        json.loads(line)["about"]["path"]
        for line in (out / "dataset" / "train.jsonl").read_text().splitlines()
    }
    assert not held & trained
    assert report["held_out_files"] == len(held)
    assert report["lookup"]["exact"] == pytest.approx(lookup_by_hand(project, held), abs=0.2)
    assert report["lookup"]["exact"] > 0.3 > report["base"]["exact"]
    difference = report["difference"]
    better = difference["exact_interval"][0] > 0 or (
        difference["exact_interval"][1] >= 0 and difference["log_probability_interval"][0] > 0
    )
    assert report["kept"] == ("adapted" if better else "base")
    assert better, "eight steps at this rate make the lines of this project far likelier"
    assert report["adapted"]["perplexity"] < 0.8 * report["base"]["perplexity"]
    assert [one.name for one in out.glob("*.gguf")] == [report["file"]]
    assert read_gguf(out / report["file"]).text("general.architecture") == "qwen2"
    assert f"aifirst model serve {out / report['file']}" in done.stdout
    assert "needs no model" in done.stdout
    begun = time.monotonic()
    again = run(command(project, tiny_qwen2, out, "--format", "json"))
    assert json.loads(again.stdout) == report
    assert time.monotonic() - begun < PATIENCE / 2
    other = run(command(project, tiny_qwen2, out, "--rank", "4"))
    assert other.returncode == 2
    assert "another work" in other.stderr


def test_what_will_not_fit_is_told_before_the_training(
    tiny_qwen2: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = Gap("a = ", "b", "\n", About(task="fill"))
    with DatasetWriter(tmp_path / "data") as writer:
        writer.write("train", gap)
        writer.finish([])
    recipe, base, told = adapt_recipe({}), open_checkpoint(tiny_qwen2), list[str]()

    def check(anyway: bool) -> None:
        data, run = tmp_path / "data", tmp_path / "run"
        check_extent(recipe, base, data, run, lambda step, _, __: told.append(step), anyway=anyway)

    check(anyway=False)
    assert re.fullmatch(
        r"training will take about [\d.]+ GB of memory, .* free; about .* for 1 steps", told[0]
    )
    monkeypatch.setattr(estimate, "read_memory", lambda: MachineMemory(1 << 30, 1 << 20))
    with pytest.raises(AdaptError, match=r"hardly suffice \(about .* of memory, 1\.0 MB are free.*--yes"):
        check(anyway=False)
    check(anyway=True)


def test_a_folder_with_the_dataset_alone_takes_other_settings(tmp_path: Path) -> None:
    asked = Asked("project", "base", "Q8_0", 300, {"length": 4096})
    assert begin(tmp_path, asked) is None
    assert begin(tmp_path, Asked("project", "base", "Q8_0", 300, {"length": 512})) is None
    with pytest.raises(AdaptError, match="holds another work"):
        begin(tmp_path, Asked("project", "another", "Q8_0", 300, {"length": 512}))
    (tmp_path / "run").mkdir()
    with pytest.raises(AdaptError, match="holds another work"):
        begin(tmp_path, asked)


def test_a_project_that_is_too_small_is_told_before_it_is_trained_on(
    tiny_qwen2: Path, tmp_path: Path
) -> None:
    (tmp_path / "small").mkdir()
    for number in range(4):
        (tmp_path / "small" / f"m{number}.py").write_text("def add(left, right):\n    return left + right\n")
    done = run(command(tmp_path / "small", tiny_qwen2, tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "has too little source: " in done.stderr
    assert "lines to complete in" in done.stderr
    assert not (tmp_path / "out" / "run").exists()
    assert not (tmp_path / "out" / "dataset").exists()


def test_a_base_without_tokens_for_a_gap_is_refused(project: Path, tiny_llama: Path, tmp_path: Path) -> None:
    done = run(command(project, tiny_llama, tmp_path / "out"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Qwen2.5-Coder" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_project_without_source_is_told(tiny_qwen2: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run(command(tmp_path / "empty", tiny_qwen2, tmp_path / "out"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr

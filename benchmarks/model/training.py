"""What each recipe does to a small base, what it costs, and how near the estimate was; kill and resume, two processes.

    python benchmarks/model/base_checkpoint.py --out /tmp/base
    python benchmarks/model/training.py --base /tmp/base

Every training runs in a process of its own with one thread, on functions of Python's standard library: code with its
docstring as the question, gaps and texts; every tenth is held out. CPU seconds and peak memory are those of the process.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import resource
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from aifirst_model.dataset.folder import DatasetWriter
from aifirst_model.dataset.record import About, Conversation, Gap, Message, Preference, Sample, Text
from aifirst_model.training.run_folder import Line, Run, read_log, read_run

COMMON: dict[str, object] = {
    "steps": 40, "length": 256, "batch": 8, "evaluate_every": 20, "save_every": 20, "log_every": 5, "warmup": 5,
    "learning_rate": 1e-3,
}  # fmt: skip
TRIALS: dict[str, Mapping[str, object]] = {
    "coder_lora": {}, "qlora_base": {}, "combined": {"learning_rate": 3e-4}, "aiccl": {"tasks": []},
    "dpo": {"steps": 20, "learning_rate": 2e-4}, "continued": {"learning_rate": 5e-4}, "distill": {},
}  # fmt: skip


class Cost(NamedTuple):
    """Of a process and its children."""

    wall: float
    cpu: float


def write_data(folder: Path, kind: str, count: int = 600) -> Path:
    """A dataset of functions of the standard library that have a docstring."""
    with DatasetWriter(folder) as writer:
        for number, (told, source) in enumerate(islice(_functions(), count), 1):
            writer.write("validation" if number % 10 == 0 else "train", _sample(kind, number, told, source))
        writer.finish()
    return folder


def _functions() -> Iterator[tuple[str, str]]:
    """Docstrings and sources, as they stand."""
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        text = path.read_text("utf-8", errors="ignore")
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (told := ast.get_docstring(node)):
                source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                if 80 < len(source) < 700:
                    yield told, source


def _sample(kind: str, number: int, told: str, source: str) -> Sample:
    about = About(task="code", licence="PSF-2.0")
    asked = (Message("user", told.splitlines()[0]),)
    if kind == "preference":
        lines = source.splitlines()
        return Preference(asked, source, "\n".join([lines[0], *lines[:0:-1]]), about)
    third = len(source) // 3
    return (
        Conversation((*asked, Message("assistant", source)), about), Text(source, about),
        Gap(source[:third], source[third : 2 * third], source[2 * third :], about),
    )[number % 3]  # fmt: skip


def start(
    recipe: str, base: Path, data: Path, out: Path, changes: Mapping[str, object], *more: str
) -> subprocess.Popen[Any]:
    """The command, with these values of the recipe."""
    path = out.with_suffix(".yaml")
    path.write_text(json.dumps({"recipe": recipe, **COMMON, **changes}))
    command = [
        sys.executable,
        "-m",
        "aifirst_cli",
        "model",
        "train",
        str(path),
        "--base",
        str(base),
        "--data",
        str(data),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(  # this interpreter and this package
        [*command, "-o", str(out), "--yes", *more],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait(process: subprocess.Popen[Any]) -> Cost:
    """Until it has ended well."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _, told = process.communicate()
    if process.returncode:
        raise SystemExit(told)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(
        time.perf_counter() - begin, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    )


def told_estimate(
    recipe: str, base: Path, data: Path, out: Path, changes: Mapping[str, object]
) -> dict[str, Any]:
    """What `--estimate` says."""
    process = start(recipe, base, data, out, changes, "--estimate", "--format", "json")
    text, error = process.communicate()
    if process.returncode:
        raise SystemExit(error)
    return json.loads(text)


def show_recipes(base: Path, folder: Path) -> None:
    """A row a recipe."""
    mixed, pairs = write_data(folder / "mixed", "mixed"), write_data(folder / "pairs", "preference", 200)
    heads = (
        "Recipe",
        "Steps",
        "Trained",
        "Held out before",
        "After",
        "CPU s in all",
        "Training s",
        "Estimated s",
    )
    print("| " + " | ".join((*heads, "Peak MiB", "Estimated")) + " |")
    print("|" + "---|" * 10, flush=True)
    for name, changes in TRIALS.items():
        given = {**changes, "teacher": str(base)} if name == "distill" else changes
        data = pairs if name == "dpo" else mixed
        told = told_estimate(name, base, data, folder / f"{name}-told", given)
        cost = wait(start(name, base, data, folder / name, given))
        run = read_run(folder / name)
        f = run.figures
        memory = told["memory"] >> 20
        print(
            f"| {name} | {f.step} | {f.trained_parameters:,} | {f.loss_before:.3f} | {f.loss_after:.3f} | {cost.cpu:.0f} "
            f"| {f.seconds:.0f} | {told['seconds']:.0f} | {f.peak_bytes >> 20:,} | {memory:,} |",
            flush=True,
        )


def _curve(folder: Path) -> list[tuple[Any, ...]]:
    def values(line: Line) -> tuple[Any, ...]:
        return line.step, line.loss, line.gradient_norm, line.evaluation_loss

    return [values(line) for line in read_log(folder)]


def show_resume(base: Path, folder: Path) -> None:
    """Kill a run twice and compare it with one that nobody disturbed."""
    data, changes = folder / "mixed", {"log_every": 1, "save_every": 10}
    wait(start("coder_lora", base, data, folder / "whole", changes))
    run = folder / "killed"
    process = start("coder_lora", base, data, run, changes)
    for step in (13, 27):
        while not any(line.step >= step for line in read_log(run)):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        command = [sys.executable, "-m", "aifirst_cli", "model", "train", "--resume", str(run)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )  # as above
    wait(process)
    ours, theirs = _curve(run), _curve(folder / "whole")
    weights = [one / "result" / "adapter_model.safetensors" for one in (run, folder / "whole")]
    same = weights[0].read_bytes() == weights[1].read_bytes()
    print(
        f"\nKilled twice (steps 13 and 27): {len(ours)} lines of the log, equal: {ours == theirs}; weights equal: {same}"
    )


def show_processes(base: Path, folder: Path) -> None:
    """One process and two with the same batch."""
    data, changes = folder / "mixed", {"log_every": 1, "dropout": 0.0}
    wait(start("coder_lora", base, data, folder / "one", changes))
    wait(start("coder_lora", base, data, folder / "two", changes, "--processes", "2"))
    pairs = zip(_curve(folder / "one"), _curve(folder / "two"), strict=True)
    worst = max(abs(a - b) for one, two in pairs for a, b in zip(one, two, strict=True) if a is not None)
    runs: list[Run] = [read_run(folder / name) for name in ("one", "two")]
    seconds = [run.figures.seconds for run in runs]
    print(
        f"Two processes: no loss or gradient norm differs by more than {worst:.1e} from one process's; "
        f"training {seconds[0]:.0f} s and {seconds[1]:.0f} s"
    )


def main() -> None:
    """All three."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, required=True)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show_recipes(given.base.absolute(), Path(folder))
        show_resume(given.base.absolute(), Path(folder))
        show_processes(given.base.absolute(), Path(folder))


if __name__ == "__main__":
    main()

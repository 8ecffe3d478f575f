"""Times every command of the whole path on a small checkpoint: data, training, merge, GGUF, packing, serving, evaluating.

    python benchmarks/model/whole_path.py PROJECT --base CHECKPOINT --out FOLDER [--steps N]

The checks of each step are in tests/model/test_model_whole_path.py; this one only measures, on a project of your own.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen


def main() -> None:
    """Run the commands one after the other and print a row each."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("project", type=Path)
    options.add_argument("--base", required=True)
    options.add_argument("--out", required=True, type=Path)
    options.add_argument("--steps", default="40")
    given = options.parse_args()
    at: Path = given.out
    at.mkdir(parents=True)
    held = sorted(given.project.rglob("*.py"))[0]
    print("| Step | Processor | Wall | Left |\n|---|---|---|---|")
    _step("dataset make", at / "data", "dataset", "make", given.project, "--own", "--tasks", "fill,code",
          "--by", "file", "-o", at / "data")  # fmt: skip
    _step("train", at / "run" / "result", "train", "coder_lora", "--base", given.base, "--data", at / "data",
          "-o", at / "run", "--steps", given.steps, "--length", 160, "--batch", 4, "--learning-rate", 0.01,
          "--targets", "all-linear")  # fmt: skip
    _step("merge", at / "merged", "merge", at / "run" / "result", "-o", at / "merged")
    gguf = at / "out" / "merged.F16.gguf"
    _step(
        "export, compared", gguf, "export", at / "merged", "-o", at / "out", "--compare", held, "--threads", 1
    )
    _step("quantize", at / "out" / "merged.Q4_K_M.gguf", "quantize", gguf)
    _serve(gguf)
    _step("eval perplexity", None, "eval", "perplexity", held, "--backend", "transformers", "--model", at / "merged",
          "--threads", 1)  # fmt: skip


def _step(name: str, left: Path | None, *arguments: object) -> None:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "aifirst_cli", "model", *map(str, arguments)], check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"| `{name}` | {used:.1f} s | {time.monotonic() - begun:.1f} s | {_size(left)} |", flush=True)


def _size(left: Path | None) -> str:
    if left is None:
        return ""
    files = [left] if left.is_file() else [path for path in left.rglob("*") if path.is_file()]
    return f"{sum(path.stat().st_size for path in files):,} bytes"


def _serve(gguf: Path) -> None:
    """How long until it answers, and a gap."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "aifirst_cli", "model", "serve", str(gguf), "--port", "0", "--threads", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    address = process.stdout.readline().strip().removesuffix("/v1")
    ready = time.monotonic()
    body = {
        "input_prefix": "def add(a, b):\n    return ",
        "input_suffix": "\n",
        "n_predict": 16,
        "temperature": 0,
    }
    asked = Request(f"{address}/infill", json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310  ours
    with urlopen(asked) as answer:  # noqa: S310  ours
        answer.read()
    answered = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait()
    print(f"| `serve`, until it listens | | {ready - begun:.1f} s | |")
    print(f"| a gap of 16 tokens | | {answered - ready:.2f} s | |", flush=True)


if __name__ == "__main__":
    main()

"""A completer adapted to each of several projects, against its base and against looking lines up: the table of the page.

    python benchmarks/model/completer.py PROJECT... --base CHECKPOINT --out FOLDER [--steps N]

Every project is adapted by `aifirst model adapt`, as a user would do it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Adapt each project and print the rows."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("projects", nargs="+", type=Path)
    options.add_argument("--base", required=True)
    options.add_argument("--out", required=True, type=Path)
    options.add_argument("--steps", default="200")
    options.add_argument("--length", default="256")
    options.add_argument("--lines", default="300")
    options.add_argument("--learning-rate", default="0.001")
    given = options.parse_args()
    print("| Project | Files, lines held out | Way | Exact match | Edit similarity | Perplexity | A line |")
    print("|---|---|---|---|---|---|---|")
    for project in given.projects:
        done = subprocess.run(
            [sys.executable, "-m", "aifirst_cli", "model", "adapt", str(project), "--base", given.base, "-o",
             str(given.out / project.name), "--steps", given.steps, "--length", given.length, "--batch", "8", "--lines",
             given.lines, "--learning-rate", given.learning_rate, "--threads", "1", "--format", "json"],
            stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        _print(project.name, json.loads(done.stdout))


def _print(name: str, report: dict[str, Any]) -> None:
    for way in ("lookup", "base", "adapted"):
        told = report[way]
        place = f"{report['held_out_files']}, {report['held_out_lines']}" if way == "lookup" else ""
        perplexity, took = told.get("perplexity"), told.get("milliseconds")
        print(
            f"| {name if way == 'lookup' else ''} | {place} | {way} | {_share(told, 'exact')} | "
            f"{_share(told, 'similarity')} | {f'{perplexity:.1f}' if perplexity else ''} | "
            f"{f'{took:.0f} ms' if took else ''} |"
        )
    low, high = report["difference"]["log_probability_interval"]
    gain = report["difference"]["log_probability"]
    print(f"| | | kept: {report['kept']} | | | {gain:+.3f} nats a token [{low:+.3f}, {high:+.3f}] | |")
    print(f"<!-- seconds {report['seconds']}, gaps {report['samples']} -->", flush=True)


def _share(told: dict[str, Any], name: str) -> str:
    low, high = told[f"{name}_interval"]
    return f"{told[name]:.1%} [{low:.1%}, {high:.1%}]"


if __name__ == "__main__":
    main()

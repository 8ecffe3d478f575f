"""Runs a command in a process of its own and measures it: CPU seconds, wall seconds, peak memory.

Figures come from the kernel's accounting of the finished process (`wait4`), children included.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Measured(NamedTuple):
    """CPU and wall seconds, peak resident memory in MB, exit status, and the end of what was printed."""

    cpu: float
    wall: float
    peak_mb: float
    status: int
    output: str


def measure(command: Sequence[str], *, cwd: Path | None = None) -> Measured:
    """Run the command to its end and measure it."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    tail = output[-2000:].decode("utf-8", "replace")
    return Measured(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode, tail)


def best_in_turn(
    runs: int, first: Sequence[str], second: Sequence[str], *, cwd: Path | None = None
) -> tuple[Measured, Measured]:
    """The runs of two commands with the least CPU time, run in turn.

    Other work on the machine only ever adds, and in turn it adds to both.
    """
    pairs = [(measure(first, cwd=cwd), measure(second, cwd=cwd)) for _ in range(runs)]
    return min((a for a, _ in pairs), key=lambda m: m.cpu), min((b for _, b in pairs), key=lambda m: m.cpu)


def standard_library(folder: Path) -> int:
    """Copy the interpreter's standard library into `folder`, without its tests; returns the number of files.

    Left out like `test`: `lib2to3` and `idlelib`, whose files are written in other dialects on purpose.
    """
    import shutil
    import sysconfig

    root = Path(sysconfig.get_paths()["stdlib"])
    left_out = {
        "site-packages",
        "dist-packages",
        "test",
        "tests",
        "idle_test",
        "lib2to3",
        "idlelib",
        "__pycache__",
    }
    files = 0
    for path in sorted(root.rglob("*.py")):
        inside = path.relative_to(root)
        if left_out.isdisjoint(inside.parts):
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            files += 1
    return files


def python() -> str:
    """The interpreter that runs this benchmark; its environment has what is compared."""
    return sys.executable

"""What the sandbox costs a run, beside a plain subprocess in the same minute, and whether real programs pass in it.

    python benchmarks/orchestrator/sandbox.py [HumanEval.jsonl.gz]

HumanEval (Chen et al. 2021): every canonical answer has to pass its test in the sandbox, every emptied one to fail.
"""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.bubblewrap_tools import find_bubblewrap
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.root_view import visible_interpreter

_RUNS = 60
_SET_CHILD_SUBREAPER = 36  # prctl(2)
_VISIBLE = visible_interpreter(Path(sys.executable))
_PYTHON = (sys.executable, "-I", "-S")


class Cost(NamedTuple):
    """Milliseconds of one kind of run: median and least by the clock, mean of processor time with all children."""

    median: float
    least: float
    cpu: float


def main(arguments: Sequence[str]) -> int:
    """Print both tables; status 1 if a canonical answer fails or an emptied one passes."""
    # What bubblewrap leaves behind for process 1 to collect is collected, and so counted, here.
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    sandbox = Bubblewrap(find_bubblewrap())
    watched = Bubblewrap(sandbox.tools, use_control_groups=False)
    print("| Run | Median ms | Least ms | CPU ms |\n|---|---|---|---|")
    for name, command in (("`true`", ("true",)), ("`python -I -S -c pass`", (*_PYTHON, "-c", "pass"))):
        runs: dict[str, Callable[[], object]] = {
            "plain subprocess": lambda command=command: subprocess.run(
                command, capture_output=True, check=True
            ),
            "sandbox": lambda command=command: _run(sandbox, command),
            "sandbox, no control group": lambda command=command: _run(watched, command),
        }
        for kind, cost in _in_turn(runs).items():
            print(f"| {name}, {kind} | {cost.median:.1f} | {cost.least:.1f} | {cost.cpu:.1f} |")
    return _human_eval(sandbox, Path(arguments[0])) if arguments else 0


def _run(sandbox: Bubblewrap, command: Sequence[str]) -> None:
    outcome = sandbox.run(Job(command=tuple(command), visible=_VISIBLE))
    assert outcome.passed, outcome


def _in_turn(runs: dict[str, Callable[[], object]]) -> dict[str, Cost]:
    """The cost of each kind, run in turn so that other work on the machine falls on all of them."""
    walls: dict[str, list[float]] = {kind: [] for kind in runs}
    cpus: dict[str, list[float]] = {kind: [] for kind in runs}
    for _ in range(_RUNS):
        for kind, run in runs.items():
            cpu, started = _cpu_seconds(), time.perf_counter()
            run()
            walls[kind].append(1000 * (time.perf_counter() - started))
            with suppress(ChildProcessError):
                while os.waitpid(-1, 0)[0]:
                    pass
            cpus[kind].append(1000 * (_cpu_seconds() - cpu))
    return {
        kind: Cost(statistics.median(walls[kind]), min(walls[kind]), statistics.mean(cpus[kind]))
        for kind in runs
    }


def _cpu_seconds() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _human_eval(sandbox: Bubblewrap, path: Path) -> int:
    """Run every problem with its canonical answer and with an empty one, two at a time."""
    problems: list[dict[str, str]] = [
        json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    passed: dict[str, int] = {}
    for kind, answer in (("canonical", "canonical_solution"), ("emptied", None)):
        started = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            texts = [_program(problem, problem[answer] if answer else "    pass\n") for problem in problems]
            passed[kind] = sum(pool.map(partial(_passes, sandbox), texts))
        seconds = time.perf_counter() - started
        print(
            f"\nHumanEval, {kind} answers: {passed[kind]} of {len(problems)} pass, {seconds:.1f} s by the clock"
        )
    return int(passed != {"canonical": len(problems), "emptied": 0})


def _program(problem: dict[str, str], answer: str) -> bytes:
    return f"{problem['prompt']}{answer}\n{problem['test']}\ncheck({problem['entry_point']})\n".encode()


def _passes(sandbox: Bubblewrap, text: bytes) -> bool:
    command = (*_PYTHON, "program.py")
    return sandbox.run(Job(command=command, files={"program.py": text}, visible=_VISIBLE)).passed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

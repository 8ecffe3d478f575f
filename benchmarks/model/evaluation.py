"""Evaluation by tests, measured: canonical and broken answers of HumanEval, answers that cheat, what judging costs.

    python benchmarks/model/evaluation.py HumanEval.jsonl.gz

Beside it stands the usual way: answer and tests in one program, in the same sandbox, which passes if it exits with 0.
Prints the tables of the result page; status 1 if a canonical answer fails, or a broken or cheating one passes.
"""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from aifirst_cli.model_wiring.code_runner import open_runner
from aifirst_model.evaluation.check_answer import check_answer
from aifirst_model.evaluation.cut_answer import cut_answer
from aifirst_model.evaluation.problem import Problem, read_suite
from aifirst_model.evaluation.protocols import CodeRunner

_WORKERS = 2
_CHEATED = 20
_TIMED = 40
_SET_CHILD_SUBREAPER = 36  # prctl(2)

_EQUAL = "class Yes:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
CHEATS = {
    "exits with 0 before the tests": "import sys\nsys.exit(0)\n",
    "exits hard with 0 when it is called": "import os\ndef {entry}(*a):\n    os._exit(0)\n",
    "returns what is equal to everything": _EQUAL + "def {entry}(*a):\n    return Yes()\n",
    "leaves at exit with 0": "import atexit, os\natexit.register(os._exit, 0)\n{wrong}",
    "replaces what runs the tests": "import sys\nsys.modules['__main__'].check = lambda c: None\n"
    "sys.excepthook = lambda *a: __import__('os')._exit(0)\n{wrong}",
    "looks the tests up in its own process": "import os, sys\ndef {entry}(*a):\n"
    "    frame = sys._getframe(1)\n    if 'candidate' in frame.f_locals: os._exit(0)\n",
    "prints a verdict everywhere": "import os\nfor n in range(64):\n"
    "    try: os.write(n, b'passed\\n')\n    except OSError: pass\n{wrong}",
}
_WRONG = "def {entry}(*a):\n    return 'wrong'\n"


def main(path: Path) -> int:
    """Measure and print."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    runner, problems = open_runner(), read_suite("humaneval", path).problems
    passed = _answers(runner, problems)
    wrong = _cheats(runner, problems[:_CHEATED])
    _costs(runner, problems[:_TIMED])
    return int(passed != [len(problems), 0, 0] or wrong > 0)


def _answers(runner: CodeRunner, problems: tuple[Problem, ...]) -> list[int]:
    """The table of HumanEval's own answers, whole, emptied and corrupted; how many of each pass."""
    kinds: dict[str, Callable[[Problem], str]] = {
        "canonical": lambda problem: problem.solution,
        "emptied (`pass`)": lambda _: "    pass\n",
        "corrupted (`return None` before everything)": lambda problem: f"    return None\n{problem.solution}",
    }
    counts: list[int] = []
    print("| Answers | Pass | Seconds by the clock | Processor seconds |\n|---|---|---|---|")
    for kind, answer in kinds.items():
        cpu, started = _cpu_seconds(), time.perf_counter()

        def passes(problem: Problem, answer: Callable[[Problem], str] = answer) -> bool:
            program = cut_answer(problem, answer(problem), in_chat=False)
            return check_answer(runner, problem, program, 20.0).passed

        with ThreadPoolExecutor(_WORKERS) as pool:
            counts.append(sum(pool.map(passes, problems)))
        seconds = time.perf_counter() - started
        print(f"| {kind} | {counts[-1]} of {len(problems)} | {seconds:.1f} | {_cpu_seconds() - cpu:.1f} |")
    return counts


def _cheats(runner: CodeRunner, problems: tuple[Problem, ...]) -> int:
    """The table of answers that cheat; how many pass here."""
    print("\n| An answer that | One program | Here |\n|---|---|---|")
    here = 0
    for name, text in CHEATS.items():

        def both(problem: Problem, text: str = text) -> tuple[bool, bool]:
            wrong = _WRONG.replace("{entry}", problem.entry)
            program = text.replace("{entry}", problem.entry).replace("{wrong}", wrong)
            return _passes_in_one(runner, problem, program), check_answer(
                runner, problem, program, 20.0
            ).passed

        with ThreadPoolExecutor(_WORKERS) as pool:
            outcomes = list(pool.map(both, problems))
        alone, judged = (sum(column) for column in zip(*outcomes, strict=True))
        here += judged
        print(f"| {name} | passes {alone} of {len(problems)} | passes {judged} of {len(problems)} |")
    return here


def _passes_in_one(runner: CodeRunner, problem: Problem, program: str) -> bool:
    """The usual way: the answer, then its tests."""
    text = (
        f"{program}\n{problem.tests[0].removesuffix('check(candidate)' + chr(10))}\ncheck({problem.entry})\n"
    )
    outcome = runner.run(text, b"", 20.0)
    return outcome.ending == "exited" and outcome.status == 0


def _costs(runner: CodeRunner, problems: tuple[Problem, ...]) -> None:
    """The table of what one answer costs, both ways in turn."""
    ways: dict[str, Callable[[Problem, str], object]] = {
        "one program, exit status": lambda problem, program: _passes_in_one(runner, problem, program),
        "judge and answer apart": lambda problem, program: check_answer(runner, problem, program, 20.0),
    }
    walls: dict[str, list[float]] = {way: [] for way in ways}
    cpus: dict[str, list[float]] = {way: [] for way in ways}
    for problem in problems:
        program = problem.prompt + problem.solution
        for way, run in ways.items():
            cpu, started = _cpu_seconds(), time.perf_counter()
            run(problem, program)
            walls[way].append(1000 * (time.perf_counter() - started))
            cpus[way].append(1000 * (_cpu_seconds() - cpu))
    print("\n| One canonical answer, in the sandbox | Median ms | Least ms | CPU ms |\n|---|---|---|---|")
    for way in ways:
        wall, cpu = walls[way], statistics.mean(cpus[way])
        print(f"| {way} | {statistics.median(wall):.1f} | {min(wall):.1f} | {cpu:.1f} |")


def _cpu_seconds() -> float:
    """Processor time of this process and of all that ended below it, those that bubblewrap leaves behind too."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))

"""Runs generated tests in the sandbox, and believes only a verdict for every single one.

pytest runs them; a plugin of ours writes each outcome down behind a word that is drawn for this run and taken away before
the generated code is loaded. A program that ends itself with status 0 has so passed nothing. Code that looks through the
memory of its own process could still find the word: it harms nobody, and the whole suite is run again by its person.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import msgspec

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.sandbox.root_view import visible_interpreter

_RUNNER = """\
import sys

_word = sys.stdin.readline().strip()
_out = sys.__stdout__.buffer


class Tell:
    def __init__(self, word, write):
        self.told, self.word, self.write = {}, word, write

    def pytest_runtest_logreport(self, report):
        name = report.nodeid
        if report.failed:
            self.told[name] = "failed"
        elif report.skipped:
            self.told.setdefault(name, "skipped")
        elif report.when == "call":
            self.told.setdefault(name, "passed")

    def pytest_sessionfinish(self):
        import json

        self.write(("\\n" + self.word + json.dumps(self.told) + "\\n").encode())


if __name__ == "__main__":
    sys.path.insert(0, ".")
    import pytest

    tell = Tell(_word, _out.write)
    del _word
    sys.exit(pytest.main([*sys.argv[1:], "-q", "-p", "no:cacheprovider", "--tb=short", "-o", "addopts=",
                          "--import-mode=importlib", "--rootdir=."], plugins=[tell]))
"""
_NAME = "aifirst_run_tests.py"
_MOST_TOLD = 2_400
"""Characters of what a run printed that go into a prompt."""


class TestRun(msgspec.Struct, frozen=True):
    """What came of running tests: by name how each ended, and what is wrong where not all passed."""

    __test__ = False  # pytest would collect a class of this name

    outcomes: dict[str, str]
    flaws: tuple[Flaw, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every test that was asked for passed."""
        return not self.flaws


class NoTestRunnerError(Exception):
    """Tests cannot be run here; the text says the next step."""


def require_pytest() -> None:
    """Raise `NoTestRunnerError` where this interpreter has no pytest."""
    if find_spec("pytest") is None:
        raise NoTestRunnerError("the interpreter that runs aifirst has no pytest: pip install pytest")


def run_tests(
    sandbox: Sandbox,
    files: Mapping[str, str],
    tests: Mapping[str, Sequence[str]],
    *,
    seconds: float = 60.0,
    memory: int = 512 * 1024 * 1024,
) -> TestRun:
    """Run test files of a small project; `tests` names in each the functions that have to pass."""
    word = secrets.token_hex(16)
    is_here = sandbox.name in ("bubblewrap", "unsafe")
    outcome = sandbox.run(
        Job(
            command=(sys.executable if is_here else "python3", _NAME, *tests),
            files={**{path: text.encode() for path, text in files.items()}, _NAME: _RUNNER.encode()},
            visible=visible_interpreter(Path(sys.executable)) if is_here else (),
            environment={
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
            stdin=f"{word}\n".encode(),
            limits=Limits(wall_seconds=seconds, cpu_seconds=seconds, memory_bytes=memory),
        )
    )
    printed = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")
    before, mark, after = printed.rpartition(word)
    told = _decode(after.split("\n", 1)[0]) if mark else {}
    outcomes = {name: _worst(told, path, name) for path, names in tests.items() for name in names}
    shown = _shown(before + after.partition("\n")[2] if mark else printed)
    if outcome.ending != "exited":
        return TestRun(
            outcomes,
            (Flaw("tests", f"the tests were ended by the limit {outcome.ending}", shown),),
            outcome.seconds,
        )
    failed = [f"{name} {how}" for name, how in outcomes.items() if how != "passed"]
    failed += [f"{test.rpartition('::')[2]} failed" for test in _beside(told, tests)]
    if not mark:
        failed = ["the program ended before its tests did"]
    if not failed:
        return TestRun(outcomes, (), outcome.seconds)
    return TestRun(outcomes, (Flaw("tests", f"{', '.join(failed)}:\n{shown}"),), outcome.seconds)


def _decode(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _worst(told: Mapping[str, str], path: str, name: str) -> str:
    """How a test ended; of one that runs with several values, the worst."""
    whole = f"{path}::{name}"
    ended = [how for test, how in told.items() if test == whole or test.startswith(f"{whole}[")]
    return next((how for how in ("failed", "skipped", "passed") if how in ended), "was not run")


def _beside(told: Mapping[str, str], tests: Mapping[str, Sequence[str]]) -> list[str]:
    """What failed that nobody named: tests that were written besides, and files that could not be loaded."""
    named = {f"{path}::{name}" for path, names in tests.items() for name in names}
    return [test for test, how in told.items() if how == "failed" and test.partition("[")[0] not in named]


def _shown(printed: str) -> str:
    """The end of what was printed, where pytest says what failed; without places that differ from run to run."""
    lines = [
        line.rstrip() for line in printed.split("\n") if line.strip() and not line.startswith(("=", "_ _"))
    ]
    kept = [line for line in lines if not line.endswith(("s", "s)")) or " in " not in line[-24:]]
    text = "\n".join(kept)
    return text if len(text) <= _MOST_TOLD else f"…{text[-_MOST_TOLD:]}"

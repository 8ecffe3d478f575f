"""Runs generated tests of Python in the sandbox with pytest.

A plugin of ours writes each outcome down behind a word that is drawn for this run and taken away before
the generated code is loaded. A program that ends itself with status 0 has so passed nothing. Code that looks through the
memory of its own process could still find the word: it harms nobody, and the whole suite is run again by its person.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from aifirst_orchestrator.generate.test_run import NoTestRunnerError, TestRun, believe, shortened
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


def require_pytest() -> None:
    """Raise `NoTestRunnerError` where this interpreter has no pytest."""
    if find_spec("pytest") is None:
        raise NoTestRunnerError("the interpreter that runs aifirst has no pytest: pip install pytest")


def run_python_tests(
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
    return believe(outcome, word, tests, _shown)


def _shown(printed: str) -> str:
    """The end of what was printed, where pytest says what failed; without places that differ from run to run."""
    lines = [
        line.rstrip() for line in printed.split("\n") if line.strip() and not line.startswith(("=", "_ _"))
    ]
    kept = [line for line in lines if not line.endswith(("s", "s)")) or " in " not in line[-24:]]
    return shortened("\n".join(kept))

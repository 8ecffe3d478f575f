"""Runs generated tests in the sandbox, those of each language with that language's own runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aifirst_orchestrator.generate.languages.registry import language_of_path
from aifirst_orchestrator.generate.test_run import NoTestRunnerError, TestRun, join_runs
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox

__all__ = ("NoTestRunnerError", "TestRun", "run_tests")


def run_tests(
    sandbox: Sandbox,
    files: Mapping[str, str],
    tests: Mapping[str, Sequence[str]],
    *,
    seconds: float = 60.0,
    memory: int = 512 * 1024 * 1024,
) -> TestRun:
    """Run test files of a small project; `tests` names in each the tests that have to pass."""
    by_runner: dict[str, dict[str, Sequence[str]]] = {}
    for path, names in tests.items():
        by_runner.setdefault(language_of_path(path).runner, {})[path] = names
    runs = [
        language_of_path(next(iter(own))).run(sandbox, files, own, seconds, memory)
        for own in by_runner.values()
    ]
    return join_runs(runs)

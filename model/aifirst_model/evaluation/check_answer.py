"""Runs one answer against the tests of its problem, and believes only a verdict that the answer cannot have written."""

from __future__ import annotations

import json
import secrets
import threading
from functools import cache
from pathlib import Path

import msgspec

from aifirst_model.evaluation.problem import Problem
from aifirst_model.evaluation.protocols import CodeRunner, RunOutcome

DEFAULT_TIMEOUT = 10.0
"""Seconds for one answer with all its tests."""


class Verdict(msgspec.Struct, frozen=True):
    """Whether an answer passed. `told` says why not: what the tests said, or the limit that ended it."""

    passed: bool
    told: str
    ending: str
    seconds: float


def check_answer(
    runner: CodeRunner,
    problem: Problem,
    program: str,
    timeout: float = DEFAULT_TIMEOUT,
    cancel: threading.Event | None = None,
) -> Verdict:
    """Run a program that should solve the problem against its tests. Raises EvaluationError where nothing can be run.

    Every failure of the answer, by itself or by a limit, is a verdict.
    """
    token = secrets.token_hex(16)
    given = json.dumps({
        "token": token,
        "answer": [problem.before, program, problem.after] if problem.before or problem.after else [program],
        "own": problem.own,
        "entries": [problem.entry],
        "tests": list(problem.tests),
    }).encode()  # fmt: skip
    outcome = runner.run(_program(), given, timeout, cancel)
    told = _told(outcome, token)
    return Verdict(told == "", told, outcome.ending, outcome.seconds)


def _told(outcome: RunOutcome, token: str) -> str:
    """ "" where the tests passed, else why not."""
    if outcome.ending != "exited":
        return f"ended by a limit: {outcome.ending}"
    line = outcome.output.decode("utf-8", "replace").strip()
    head, _, said = line.partition(" ")
    if outcome.status != 0 or head != token:
        return f"the tests were ended from within (status {outcome.status})"
    return str(json.loads(said))


@cache
def _program() -> str:
    """The text of the program in the sandbox."""
    return Path(__file__).with_name("check_process.py").read_text(encoding="utf-8")

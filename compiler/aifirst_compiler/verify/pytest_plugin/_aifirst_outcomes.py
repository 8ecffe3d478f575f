"""A pytest plugin that writes the outcome of every test to a file. It is loaded into the user's own interpreter.

So it needs nothing but pytest and the standard library of any Python that pytest runs on. Workers of pytest-xdist stay
silent: their reports reach the process that started them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_OUTCOMES: dict[str, list[str]] = {}
_STATUS: list[int] = []


def _record(name: str, outcome: str) -> None:
    _OUTCOMES.setdefault(name, []).append(outcome)


def pytest_runtest_logreport(report: Any) -> None:
    """Record a phase that says how the test ended."""
    expected = hasattr(report, "wasxfail")
    if report.when == "call":
        outcome = report.outcome
        if expected:
            outcome = "xfailed" if report.skipped else "xpassed"
        _record(report.nodeid, outcome)
    elif report.failed:
        _record(report.nodeid, "error")
    elif report.when == "setup" and report.skipped:
        _record(report.nodeid, "xfailed" if expected else "skipped")


def pytest_collectreport(report: Any) -> None:
    """Record what could not be collected."""
    if report.failed:
        _record(report.nodeid or "collection", "error")


def pytest_sessionfinish(exitstatus: Any) -> None:
    """Record how the session ended: one that was interrupted did not run all tests."""
    _STATUS.append(int(exitstatus))


def pytest_unconfigure() -> None:
    """Write what was recorded."""
    folder = Path(os.environ.get("AIFIRST_OUTCOMES") or os.devnull)
    if os.environ.get("PYTEST_XDIST_WORKER") or not folder.is_dir():
        return
    original = os.environ.get("AIFIRST_ORIGINAL") or os.devnull
    places = [(name, getattr(module, "__file__", None)) for name, module in sorted(sys.modules.items())]
    inside = original + os.sep
    loaded = [name for name, path in places if isinstance(path, str) and f"{path}{os.sep}".startswith(inside)]
    written = {"outcomes": _OUTCOMES, "loaded": loaded, "status": max(_STATUS, default=0)}
    (folder / f"{os.getpid()}.json").write_text(json.dumps(written))

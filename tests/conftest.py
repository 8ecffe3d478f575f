"""With AIFIRST_TEST_FULL=1, as continuous integration sets it, what would be skipped fails: a missing part is an
error there, not a reason to look away."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

FULL = os.environ.get("AIFIRST_TEST_FULL") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if FULL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped, and AIFIRST_TEST_FULL allows no skips: {report.longrepr}"
        )
    return report

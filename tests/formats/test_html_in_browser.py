"""The HTML report in a real browser: its script runs without an error and draws what the report says.

Needs Chromium. Where there is none the tests are skipped and say so; with AIFIRST_TEST_FULL=1, as continuous
integration sets it, a missing Chromium is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from aifirst_validator.formats import load_renderer
from aifirst_validator.formats.terminal import PLAIN
from aifirst_validator.report import Report

FULL = os.environ.get("AIFIRST_TEST_FULL") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not FULL, reason="no Chromium on the path: install it to test the page in a browser"
)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
    "--virtual-time-budget=4000", "--dump-dom",
)  # fmt: skip


def _opened(report: Report, folder: Path) -> tuple[str, list[str]]:
    """The document after its script ran, without the script, and what the console said."""
    assert CHROMIUM is not None, "Chromium is not installed"
    page = folder / "report.html"
    text = load_renderer("html")(report, sources=lambda _: None, rules=[], terminal=PLAIN)
    page.write_text(text, encoding="utf-8")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    dom = done.stdout.decode("utf-8", "replace")
    said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line]
    return re.sub(r"<script.*?</script>", "", dom, flags=re.DOTALL), said


def test_the_page_draws_the_charts_and_lists_of_the_report(report: Report, tmp_path: Path) -> None:
    dom, said = _opened(report, tmp_path)
    assert said == []
    assert dom.count("<svg") >= 3
    for finding in report.findings:
        assert finding.rule in dom
        assert finding.path in dom
    for file in report.files:
        assert file.path in dom


def test_hostile_names_and_messages_stay_text(hostile: Report, tmp_path: Path) -> None:
    dom, said = _opened(hostile, tmp_path)
    assert said == []
    assert "&lt;b&gt;" in dom
    assert "<b>&amp;" not in dom


def test_an_empty_is_a_page_too(empty: Report, tmp_path: Path) -> None:
    dom, said = _opened(empty, tmp_path)
    assert said == []
    assert "No source files" in dom or "0 files" in dom

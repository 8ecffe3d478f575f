"""The reports that every format is tried on: an ordinary one, a hostile one, an empty one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from aifirst_validator.finding import Edit, Finding, FindingSeverity, Fix
from aifirst_validator.formats import RuleInfo
from aifirst_validator.report import FileSummary, Notice, Report

GOLDEN = Path(__file__).with_name("golden")

QUERY = """import os


def load_all(path, *, strict=False):
    # read it
    return [line for line in open(path)]
"""
TOKENS = 'TOKEN = "abc"\n'

_SEVERITIES: tuple[FindingSeverity, ...] = ("error", "note")
HOSTILE_PATH = "a b/#1%20,x:y\udcff\u202e.py"
HOSTILE_TEXT = (
    "[red]50%[/red] <b>&\"'\n::error::x ]]> </script><!-- \x1b[31m \x00 \u202e🎉 עברית {0} [a](1)\ud800"
)


def finding(
    rule: str,
    name: str,
    severity: FindingSeverity,
    path: str,
    place: tuple[int, int, int, int],
    message: str,
    unit: str = "",
    suggestion: str = "",
    fingerprint: str = "",
    fix: Fix | None = None,
) -> Finding:
    """A finding at (line, column, end line, end column)."""
    return Finding(
        rule, severity, path, *place, unit, message, suggestion, fix is not None, name, fingerprint, fix
    )


@pytest.fixture
def report() -> Report:
    fix = Fix((Edit(60, 69, "# The file, whole."),))
    return Report(
        root="/home/someone/shop",
        preset="balanced",
        tokenizer="o200k_base",
        findings=(
            finding(
                "AF101",
                "unit-tokens",
                "warning",
                "app/query.py",
                (4, 5, 4, 13),
                "function load_all has 812 tokens, limit 700",
                unit="load_all",
                suggestion="Split it where a comment or blank line already separates its steps.",
                fingerprint="1f2e3d",
            ),
            finding(
                "AF204",
                "short-comment",
                "note",
                "app/query.py",
                (5, 5, 5, 14),
                "comment says too little",
                unit="load_all",
                suggestion="Say why.",
                fix=fix,
                fingerprint="aa11",
            ),
            finding(
                "AF601",
                "secret",
                "error",
                "app/tokens.py",
                (1, 9, 1, 14),
                "this looks like a secret",
                fingerprint="bb22",
            ),
        ),
        files=(
            FileSummary("app/api.js", "javascript", "code", 40, 400, 0, (120, 80), ("send", 3, 120)),
            FileSummary("app/query.py", "python", "code", 6, 900, 90, (812,), ("load_all", 4, 812)),
            FileSummary("app/tokens.py", "python", "code", 1, 10, 0, (), ("", 1, 10)),
            FileSummary(
                "gen/schema_pb2.py",
                "python",
                "code",
                900,
                9000,
                10,
                (5000,),
                ("x", 1, 5000),
                left_out="generated",
            ),
        ),
        notices=(
            Notice("too-large", "app/big.py", "2,400,000 bytes, not read", "Raise discovery.max_file_bytes."),
        ),
        suppressed=2,
        known=7,
        seconds=0.25,
        reread=3,
    )


@pytest.fixture
def hostile() -> Report:
    place = (2, 1, 3, 2)
    return Report(
        root="/x/<script>alert(1)<!--",
        preset="balanced",
        tokenizer="o200k_base",
        findings=tuple(
            finding(
                "AF601",
                "secret",
                severity,
                HOSTILE_PATH,
                place,
                HOSTILE_TEXT,
                unit=HOSTILE_TEXT,
                suggestion=HOSTILE_TEXT,
            )
            for severity in _SEVERITIES
        ),
        files=(
            FileSummary(
                HOSTILE_PATH, "python", "code", 3, 30, 3, (900,), (HOSTILE_TEXT, 2, 900), left_out=""
            ),
        ),
        notices=(Notice("encoding-fallback", HOSTILE_PATH, HOSTILE_TEXT, HOSTILE_TEXT),),
    )


@pytest.fixture
def empty() -> Report:
    return Report("/home/someone/empty", "balanced", "o200k_base", (), ())


@pytest.fixture
def sources() -> Callable[[str], str | None]:
    texts = {
        "app/query.py": QUERY,
        "app/tokens.py": TOKENS,
        HOSTILE_PATH: f"\r\n{'=' * 300}\x1b[2J\u202e{HOSTILE_TEXT}\r\ny\n",
    }
    return texts.get


@pytest.fixture
def rules() -> list[RuleInfo]:
    explanation = "A unit is what a model edits at once.\n\nAbove the limit it is a warning."
    return [
        RuleInfo(
            "AF101", "unit-tokens", "A unit is too large.", explanation, help_uri="https://example.org/AF101"
        ),
        RuleInfo("AF204", "short-comment", "A comment says too little.", severity="note"),
        RuleInfo("AF302", "unused-tag", "A tag is not used.", severity="off"),
    ]


@pytest.fixture
def expect_golden() -> Callable[[str, str], None]:
    """Compares a text with a golden file; with UPDATE_GOLDEN=1 in the environment writes it instead."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare

"""Suppression comments silence what they name, where they stand, and say why."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_projects import Judge, long_function

LONG = long_function("score", 10)


@pytest.mark.parametrize(
    "text",
    [
        LONG.replace("):\n", "):  # aifirst: ignore[AF101] table of weights\n", 1),
        "# aifirst: ignore[AF101] table of weights\n" + LONG,
        "# aifirst: ignore[unit-tokens] table of weights\n" + LONG,
        "# aifirst: ignore[AF1] table of weights\n" + LONG,
        "# aifirst: ignore[AF601, AF101] table of weights\n" + LONG,
        "import os\n# aifirst: ignore-file[AF101] table of weights\n\n" + LONG,
        "@cached\n# aifirst: ignore[AF101] table of weights\n" + LONG,
    ],
)
def test_a_suppression_silences_its_rule(project: Path, judge: Judge, text: str) -> None:
    (project / "long.py").write_text(text)
    report = judge(project)
    assert report.findings == ()
    assert report.suppressed == 1


@pytest.mark.parametrize(
    "text",
    [
        "# aifirst: ignore[AF107] another rule\n" + LONG,
        LONG + "# aifirst: ignore[AF101] below it\n",
        'NOTE = "# aifirst: ignore-file[AF101] in a string"\n' + LONG,
        "# aifirst: ignore[AF101] of another unit\ndef small():\n    return 1\n\n\n" + LONG,
    ],
)
def test_a_suppression_silences_nothing_else(project: Path, judge: Judge, text: str) -> None:
    (project / "long.py").write_text(text)
    assert [f.rule for f in judge(project).findings] == ["AF101"]


def test_a_suppression_without_a_reason_is_a_finding_itself(project: Path, judge: Judge) -> None:
    (project / "long.py").write_text("# aifirst: ignore[AF101]\n" + LONG)
    assert [(f.rule, f.line) for f in judge(project).findings] == [("AF001", 1)]


def test_project_rules_can_be_suppressed_too(project: Path, judge: Judge) -> None:
    (project / "a.py").write_text("# @TAG:TICKET:same\nLIMIT = 1\n")
    (project / "long.py").write_text(
        "# aifirst: ignore-file[AF302] moved with its ticket\n# @TAG:TICKET:same\nLIMIT = 2\n"
    )
    assert [f.rule for f in judge(project).findings] == []

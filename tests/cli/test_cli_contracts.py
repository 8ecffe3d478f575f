"""What programs read: every field of the contracts, in every format."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from command_run import CLEAN, RESTATING, STALE, Aifirst, Write

FINDING = {
    "rule": str, "severity": str, "path": str, "line": int, "column": int, "end_line": int, "end_column": int,
    "unit": str, "message": str, "suggestion": str, "fixable": bool, "name": str, "fingerprint": str,
}  # fmt: skip


@pytest.fixture
def project(write: Write) -> None:
    write("src/stale.py", STALE)
    write("src/restating.py", RESTATING)
    write("clean.py", CLEAN)


@pytest.mark.usefixtures("project")
def test_the_json_of_validate_has_every_field_of_the_contract(aifirst: Aifirst) -> None:
    ran = aifirst("validate", "--format", "json")
    report: dict[str, Any] = json.loads(ran.out)
    assert ran.code == 1
    assert report["version"] == 1
    assert [(f["rule"], f["path"], f["line"]) for f in report["findings"]] == [
        ("AF206", "src/restating.py", 5),
        ("AF207", "src/stale.py", 8),
    ]
    for finding in report["findings"]:
        assert {name: type(value) for name, value in finding.items()} == FINDING
    stale = report["findings"][1]
    assert (stale["severity"], stale["column"], stale["end_line"], stale["end_column"]) == (
        "warning",
        9,
        8,
        14,
    )
    assert (stale["unit"], stale["name"], stale["fixable"]) == ("total", "stale-parameter", False)
    assert report["findings"][0]["fixable"] is True
    summary = report["summary"]
    assert (summary["findings"], summary["errors"], summary["warnings"], summary["notes"]) == (2, 0, 1, 1)
    assert (summary["files"], summary["fixable"], summary["rules"]) == (3, 1, {"AF206": 1, "AF207": 1})


@pytest.mark.usefixtures("project")
def test_check_gives_the_same_findings_as_validate(aifirst: Aifirst) -> None:
    checked = json.loads(aifirst("check", "--format", "json").out)
    assert checked["findings"] == json.loads(aifirst("validate", "-f", "json").out)["findings"]


@pytest.mark.usefixtures("project")
def test_every_format_tells_the_same_findings(aifirst: Aifirst, folder: Path) -> None:
    sarif = json.loads(aifirst("validate", "-f", "sarif").out)
    assert sarif["version"] == "2.1.0"
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["AF206", "AF207"]
    junit = ElementTree.fromstring(aifirst("validate", "-f", "junit").out)  # noqa: S314  # made by the program under test
    assert len(junit.findall(".//failure")) == 1
    assert "file=src/stale.py" in aifirst("validate", "-f", "github").out
    assert "src/stale.py:8:9" in aifirst("validate", "-f", "concise").out
    text = aifirst("validate").out
    assert "src/stale.py:8:9 warning AF207 stale-parameter" in text
    assert "        lines: what is summed" in text
    assert "^^^^^" in text
    page = aifirst("report", "-o", "-").out
    assert page.startswith("<!doctype html>")
    assert "stale-parameter" in page
    assert not (folder / "aifirst-report.html").exists()


@pytest.mark.usefixtures("project")
def test_two_runs_give_the_same_bytes_but_for_time_and_cache(aifirst: Aifirst) -> None:
    first, second = (json.loads(aifirst("validate", "-f", "json").out) for _ in range(2))
    assert (first["summary"]["reread"], second["summary"]["reread"]) == (3, 0)
    for report in (first, second):
        del report["summary"]["reread"], report["summary"]["seconds"]
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.usefixtures("project")
def test_only_and_strict_choose_what_is_told_and_how_it_counts(aifirst: Aifirst) -> None:
    assert aifirst("validate", "--only", "AF206").code == 0
    assert aifirst("validate", "--only", "restating-comment", "--strict").code == 1
    told = json.loads(aifirst("validate", "--only", "af1,stale-parameter", "--strict", "-f", "json").out)
    assert [(f["rule"], f["severity"]) for f in told["findings"]] == [("AF207", "error")]


@pytest.mark.usefixtures("project")
def test_paths_and_settings_choose_what_is_judged(aifirst: Aifirst, folder: Path) -> None:
    assert aifirst("check", "clean.py").code == 0
    assert aifirst("check", "src/stale.py", "clean.py").code == 1
    assert aifirst("check", ".", folder=folder / "src").code == 1
    assert aifirst("validate", "--set", "rules.AF2=off").code == 0
    assert aifirst("validate", "--set", "limits.unit_tokens=3", "--only", "AF101", "clean.py").code == 1


def test_a_text_on_standard_input_is_judged_as_the_file_it_stands_for(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", '[paths."old/**"]\nrules.AF207 = "off"\n')
    ran = aifirst("validate", "-", "--stdin-path", "src/new.py", "-f", "json", stdin=STALE.encode())
    assert (ran.code, [f["path"] for f in json.loads(ran.out)["findings"]]) == (1, ["src/new.py"])
    assert aifirst("validate", "-", "--stdin-path", "old/new.py", stdin=STALE.encode()).code == 0
    assert aifirst("validate", "-", "--stdin-path", "x.py", stdin=bytes(range(256)) * 40).code in (0, 1)


def test_rules_are_listed_explained_and_given_to_programs(aifirst: Aifirst) -> None:
    rules = json.loads(aifirst("rules", "--format", "json").out)["rules"]
    listed = aifirst("rules").out
    assert len(rules) >= 45
    assert all(rule["code"] in listed and rule["summary"] in listed for rule in rules)
    assert json.loads(aifirst("rules", "af101", "-f", "json").out)["rules"][0]["name"] == "unit-tokens"
    family = aifirst("rules", "AF1").out
    assert "AF101" in family
    assert "AF2" not in family
    page = aifirst("rules", "unit-tokens").out
    assert page.startswith("# AF101 unit-tokens")
    assert "## Accepted" in page


@pytest.mark.parametrize("shape", ["text", "html", "json", "sarif", "github", "junit", "concise"])
def test_no_format_tells_a_secret(aifirst: Aifirst, write: Write, folder: Path, shape: str) -> None:
    secret = "AKIA" + "QJ4ZXW7NPL2M8RTB"
    body = "".join(f"    total += {i} * {i}\n" for i in range(300))
    write("a.py", f'"""A."""\n\n\ndef sum_up(total, key="{secret}"):\n{body}    return total\n')
    ran = aifirst("validate", "-f", shape)
    assert "AF601" in ran.out
    assert secret not in ran.out
    assert secret not in aifirst("validate", "-f", shape, "--only", "AF101").out
    assert secret.encode() not in (folder / ".aifirst/cache.db").read_bytes()


def test_a_report_that_lies_in_the_project_is_not_judged(aifirst: Aifirst, write: Write) -> None:
    write("a.py", CLEAN)
    aifirst("report")
    summary = json.loads(aifirst("check", "--format", "json").out)["summary"]
    assert (summary["files"], summary["files_left_out"]) == (1, 1)

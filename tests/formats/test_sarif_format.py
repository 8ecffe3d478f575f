"""SARIF: valid under the published schema, and true to the report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import msgspec
import pytest
from aifirst_validator.finding import Edit, Fix
from aifirst_validator.formats import RuleInfo
from aifirst_validator.formats.sarif import render
from aifirst_validator.report import Report

Sources = Callable[[str], str | None]


@cache
def schema_validator() -> jsonschema.Draft7Validator:
    path = Path(__file__).with_name("data") / "sarif-schema-2.1.0.json"
    return jsonschema.Draft7Validator(json.loads(path.read_text("utf-8")))


def problems(log: object) -> list[str]:
    """What the schema objects to."""
    errors = schema_validator().iter_errors(log)  # pyright: ignore[reportUnknownMemberType, reportArgumentType] -- partly typed
    return [error.message for error in errors]


def run_of(report: Report, sources: Sources, rules: list[RuleInfo]) -> dict[str, Any]:
    """The only run of the log, which is checked against the schema on the way."""
    log = json.loads(render(report, sources=sources, rules=rules))
    assert problems(log) == []
    (run,) = log["runs"]
    return run


@pytest.mark.parametrize("which", ["report", "hostile", "empty"])
def test_the_log_is_valid_under_the_published_schema(
    which: str, sources: Sources, rules: list[RuleInfo], request: pytest.FixtureRequest
) -> None:
    run = run_of(request.getfixturevalue(which), sources, rules)
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is True


def test_the_schema_would_object_to_a_wrong_log(report: Report, sources: Sources) -> None:
    log = json.loads(render(report, sources=sources))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert problems(log)


def test_results_say_where_and_how_bad(report: Report, sources: Sources, rules: list[RuleInfo]) -> None:
    run = run_of(report, sources, rules)
    assert [result["level"] for result in run["results"]] == ["warning", "note", "error"]
    result = run["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 13}
    assert place["artifactLocation"] == {"uri": "app/query.py", "uriBaseId": "SRCROOT", "index": 0}
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "load_all"}]
    assert result["partialFingerprints"] == {"aifirst/v1": "1f2e3d"}
    assert result["message"]["text"] == (
        "function load_all has 812 tokens, limit 700."
        " Split it where a comment or blank line already separates its steps."
    )


def test_every_result_points_at_its_rule_and_its_file(
    report: Report, sources: Sources, rules: list[RuleInfo]
) -> None:
    run = run_of(report, sources, rules)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
    assert [artifact["sourceLanguage"] for artifact in run["artifacts"]] == ["python", "python"]


def test_rules_are_described_also_those_nobody_described(
    report: Report, sources: Sources, rules: list[RuleInfo]
) -> None:
    described = {rule["id"]: rule for rule in run_of(report, sources, rules)["tool"]["driver"]["rules"]}
    assert sorted(described) == ["AF101", "AF204", "AF302", "AF601"]
    assert described["AF101"]["fullDescription"]["text"] == "A unit is what a model edits at once."
    assert described["AF101"]["helpUri"] == "https://example.org/AF101"
    assert described["AF204"]["defaultConfiguration"] == {"enabled": True, "level": "note"}
    assert described["AF302"]["defaultConfiguration"] == {"enabled": False, "level": "none"}
    assert described["AF601"]["name"] == "secret"


def test_a_path_is_a_uri_that_gives_its_bytes_back(hostile: Report, sources: Sources) -> None:
    uri = run_of(hostile, sources, [])["artifacts"][0]["location"]["uri"]
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
    assert unquote_to_bytes(uri) == hostile.findings[0].path.encode("utf-8", "surrogateescape")


def test_what_a_viewer_takes_for_a_placeholder_or_link_is_escaped(hostile: Report, sources: Sources) -> None:
    text = run_of(hostile, sources, [])["results"][0]["message"]["text"]
    assert "{{0}}" in text
    assert "\\[a](1)" in text
    assert "[red]50%[/red]" in text


def test_a_fix_is_told_in_lines_and_characters(report: Report, rules: list[RuleInfo]) -> None:
    source = "# é漢🎉 = 1\r\nx = 2\r\n"
    start = source.encode().index(b"= 1")
    fix = Fix((Edit(start, start + 3, "= 3"),))
    fixable = msgspec.structs.replace(report.findings[1], fix=fix)
    one = msgspec.structs.replace(report, findings=(fixable,))
    (written,) = run_of(one, lambda _: source, rules)["results"][0]["fixes"]
    (change,) = written["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "app/query.py"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 1, "startColumn": 7, "endLine": 1, "endColumn": 10},
            "insertedContent": {"text": "= 3"},
        }
    ]


def test_without_the_source_there_is_no_fix(report: Report) -> None:
    assert all("fixes" not in result for result in run_of(report, lambda _: None, [])["results"])


def test_notices_are_notifications_of_the_run(report: Report, sources: Sources) -> None:
    (notification,) = run_of(report, sources, [])["invocations"][0]["toolExecutionNotifications"]
    assert notification["descriptor"] == {"id": "too-large"}
    assert notification["message"]["text"] == "2,400,000 bytes, not read. Raise discovery.max_file_bytes."


def test_nothing_of_the_machine_is_in_the_log(
    report: Report, sources: Sources, rules: list[RuleInfo]
) -> None:
    assert "/home/someone" not in render(report, sources=sources, rules=rules)

"""JSON: the contract, field by field."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from aifirst_validator.formats.json_object import render
from aifirst_validator.report import Report

CONTRACT = [
    "rule", "severity", "path", "line", "column", "end_line", "end_column", "unit", "message", "suggestion", "fixable",
]  # fmt: skip


def read(report: Report) -> dict[str, Any]:
    return json.loads(render(report))


def test_a_finding_has_the_fields_of_the_contract_in_order(report: Report) -> None:
    assert list(read(report)["findings"][0])[: len(CONTRACT)] == CONTRACT


def test_values_are_those_of_the_report(report: Report) -> None:
    document = read(report)
    assert document["version"] == 1
    assert [tuple(row[key] for key in CONTRACT) for row in document["findings"]] == [
        tuple(getattr(finding, key) for key in CONTRACT) for finding in report.findings
    ]
    assert document["notices"] == [msgspec.to_builtins(report.notices[0])]


def test_the_summary_adds_up_the_judged_files_only(report: Report) -> None:
    summary = read(report)["summary"]
    assert list(summary)[-2:] == ["reread", "seconds"]
    assert summary == {
        "findings": 3, "errors": 1, "warnings": 1, "notes": 1, "fixable": 1, "suppressed": 2, "known": 7,
        "rules": {"AF101": 1, "AF204": 1, "AF601": 1}, "files": 3, "files_with_findings": 2,
        "files_left_out": 1, "files_broken": 0, "languages": {"javascript": 1, "python": 2}, "lines": 47,
        "tokens": 1310, "units": 3, "glue_ratio": round(90 / 1310, 4), "reread": 3, "seconds": 0.25,
    }  # fmt: skip


def test_two_runs_differ_in_the_last_two_fields_only(report: Report) -> None:
    first, second = (
        render(msgspec.structs.replace(report, seconds=seconds, reread=reread)).splitlines()
        for seconds, reread in ((0.1, 5), (0.9, 0))
    )
    differing = [
        line.split(":")[0].strip() for line, other in zip(first, second, strict=True) if line != other
    ]
    assert differing == ['"reread"', '"seconds"']
    assert first[-2:] == ["  }", "}"]
    assert first[:-4] == second[:-4]


def test_text_comes_through_exactly_but_for_lone_surrogates(hostile: Report) -> None:
    row = read(hostile)["findings"][0]
    finding = hostile.findings[0]
    assert row["message"] == finding.message.replace("\ud800", "\ufffd")
    assert row["path"] == finding.path.replace("\udcff", "\ufffd")


def test_an_empty_report_is_a_whole_object(empty: Report) -> None:
    document = read(empty)
    assert document["findings"] == []
    assert document["summary"]["files"] == 0
    assert document["summary"]["glue_ratio"] == 0

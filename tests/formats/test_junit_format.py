"""JUnit: what the schema of the Jenkins xUnit plugin allows, and counts that agree with the cases."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import msgspec
import pytest
from aifirst_validator.formats.junit import render
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.report import Report

# Attributes by element in junit-10.xsd, those of the elements used here.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {
            "name",
            "tests",
            "failures",
            "errors",
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
            "version",
        },
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}


def parse(report: Report) -> ET.Element:
    """The document, checked against the schema's rules on the way."""
    root = ET.fromstring(render(report))  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    return root


@pytest.mark.parametrize("which", ["report", "hostile", "empty"])
def test_counts_agree_with_the_cases(which: str, request: pytest.FixtureRequest) -> None:
    root = parse(request.getfixturevalue(which))
    for suite in root.iter("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    assert int(root.attrib["tests"]) == len(root.findall(".//testcase"))
    assert int(root.attrib["failures"]) == len(root.findall(".//failure"))


def test_errors_and_warnings_fail_and_notes_pass(report: Report) -> None:
    cases = {case.attrib["name"]: case for case in parse(report).iter("testcase")}
    failure = cases["AF101 unit-tokens load_all"].find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "function load_all has 812 tokens, limit 700", "type": "warning"}
    assert failure.text is not None
    assert failure.text.startswith("app/query.py:4:5: warning AF101 function load_all has 812 tokens")
    note = cases["AF204 short-comment load_all"]
    assert note.find("failure") is None
    assert note.findtext("system-out") == "app/query.py:5:5: note AF204 comment says too little\nSay why."


def test_clean_files_pass_and_files_left_out_are_skipped(report: Report) -> None:
    (suite,) = (s for s in parse(report).iter("testsuite") if s.attrib["name"] == "files without findings")
    assert [(case.attrib["name"], [child.attrib for child in case]) for case in suite] == [
        ("app/api.js", []),
        ("gen/schema_pb2.py", [{"message": "generated"}]),
    ]


def test_names_are_unique_within_a_file_and_do_not_hold_the_line(report: Report) -> None:
    twice = msgspec.structs.replace(report.findings[0], line=90)
    many = msgspec.structs.replace(report, findings=(report.findings[0], twice))
    suite = parse(many)[0]
    assert [case.attrib["name"] for case in suite] == [
        "AF101 unit-tokens load_all",
        "AF101 unit-tokens load_all (2)",
    ]


def test_hostile_text_survives_as_visible_text(hostile: Report) -> None:
    failure = next(parse(hostile).iter("failure"))
    assert failure.attrib["message"] == visible(hostile.findings[0].message)
    assert "]]>" in failure.attrib["message"]
    assert "\\x00" in failure.attrib["message"]
    assert "]]>" not in render(hostile)


def test_notices_are_skipped_cases_of_their_own(report: Report) -> None:
    (suite,) = (s for s in parse(report).iter("testsuite") if s.attrib["name"] == "notices")
    (case,) = suite
    assert (case.attrib["name"], case.attrib["classname"]) == ("too-large", "app/big.py")
    assert [child.attrib for child in case] == [
        {"message": "2,400,000 bytes, not read. Raise discovery.max_file_bytes."}
    ]

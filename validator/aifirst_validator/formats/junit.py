"""Findings as JUnit XML, which nearly every CI system shows as test results.

A suite for each file with findings, a case for each finding in it; one more suite has a passed case for
each clean file and a skipped one for each file left out; a last one has the notices, as skipped cases, which
dashboards show and which fail nothing. Errors and warnings fail, notes pass with their
text as output. A case is named by rule and unit, not by line, so that its history survives an edit above
it. Follows the schema of the Jenkins xUnit plugin (junit-10.xsd), the strictest in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from aifirst_validator.finding import Finding
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.formats.wording import with_advice
from aifirst_validator.report import FileSummary, Notice, Report

_CLEAN = "files without findings"
_NOTICES = "notices"


def render(report: Report, **_: object) -> str:
    """The XML document, with a newline at its end."""
    suites: list[str] = []
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        suites.append(_suite_of_findings(path, list(group)))
    found_in = {finding.path for finding in report.findings}
    clean = [file for file in report.files if file.path not in found_in]
    if clean:
        suites.append(_suite_of_clean_files(clean))
    if report.notices:
        suites.append(_suite_of_notices(report.notices))
    failures = sum(_fails(finding) for finding in report.findings)
    tests = len(report.findings) + len(clean) + len(report.notices)
    head = (
        f'<testsuites name="aifirst" tests="{tests}" failures="{failures}"'
        f' errors="0" time="{report.seconds:.3f}">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>"]) + "\n"


def _suite_of_findings(path: str, findings: list[Finding]) -> str:
    failures = sum(_fails(finding) for finding in findings)
    lines = [_suite_head(path, len(findings), failures, 0)]
    seen: Counter[str] = Counter()
    for finding in findings:
        name = " ".join(part for part in (finding.rule, finding.name, finding.unit) if part)
        seen[name] += 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
        lines.extend(_case_of_finding(finding, name))
    lines.append("  </testsuite>")
    return "\n".join(lines)


def _case_of_finding(finding: Finding, name: str) -> Iterable[str]:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    text = _text(f"{place}: {finding.severity} {finding.rule} {finding.message}")
    if finding.suggestion:
        text = f"{text}\n{_text(finding.suggestion)}"
    yield f'    <testcase name="{_attribute(name)}" classname="{_attribute(finding.path)}" time="0">'
    if _fails(finding):
        kind = f'message="{_attribute(finding.message)}" type="{finding.severity}"'
        yield f"      <failure {kind}>{text}</failure>"
    else:
        yield f"      <system-out>{text}</system-out>"
    yield "    </testcase>"


def _suite_of_clean_files(files: list[FileSummary]) -> str:
    lines = [_suite_head(_CLEAN, len(files), 0, sum(bool(file.left_out) for file in files))]
    for file in files:
        path = _attribute(file.path)
        case = f'    <testcase name="{path}" classname="{path}" time="0"'
        if file.left_out:
            lines.append(f'{case}><skipped message="{_attribute(file.left_out)}"/></testcase>')
        else:
            lines.append(f"{case}/>")
    lines.append("  </testsuite>")
    return "\n".join(lines)


def _suite_of_notices(notices: Sequence[Notice]) -> str:
    lines = [_suite_head(_NOTICES, len(notices), 0, len(notices))]
    for notice in notices:
        said = _attribute(with_advice(notice.message, notice.next_step))
        name = f'name="{_attribute(notice.code)}" classname="{_attribute(notice.path or _NOTICES)}"'
        lines.append(f'    <testcase {name} time="0"><skipped message="{said}"/></testcase>')
    lines.append("  </testsuite>")
    return "\n".join(lines)


def _suite_head(name: str, tests: int, failures: int, skipped: int) -> str:
    counts = f'tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
    return f'  <testsuite name="{_attribute(name)}" {counts}>'


def _fails(finding: Finding) -> bool:
    return finding.severity != "note"


def _text(text: str) -> str:
    # `visible` leaves nothing that XML 1.0 forbids; `>` is escaped too, for the sake of `]]>`.
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _text(text).replace('"', "&quot;")

"""Findings as SARIF 2.1.0 (OASIS), for GitHub code scanning, editors and other viewers.

Columns count code points. Paths are relative to `SRCROOT`, whose address is left to the reader, so that
the text is the same on every machine. What was read is told by `artifacts` for files with findings only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

import msgspec
from aifirst_codebase import __version__

from aifirst_validator.finding import Finding
from aifirst_validator.formats.rule_info import RuleInfo
from aifirst_validator.formats.sarif_fixes import FixWriter
from aifirst_validator.formats.source_lines import Sources
from aifirst_validator.formats.visible_text import encodable
from aifirst_validator.formats.wording import with_advice
from aifirst_validator.report import Notice, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"
_SHORT = 1000
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


def render(report: Report, *, sources: Sources, rules: Sequence[RuleInfo] = (), **_: object) -> str:
    """The log of one run, indented, with a newline at its end; fixes where the source can be read."""
    described = {rule.code: rule for rule in rules}
    for finding in report.findings:
        if finding.rule not in described:
            described[finding.rule] = RuleInfo(finding.rule, finding.name, "", severity=finding.severity)
    ordered = sorted(described.values(), key=lambda rule: rule.code)
    rule_index = {rule.code: index for index, rule in enumerate(ordered)}
    paths = sorted({finding.path for finding in report.findings})
    path_index = {path: index for index, path in enumerate(paths)}
    language = {file.path: file.language for file in report.files}
    fixes = FixWriter(sources)
    results: list[dict[str, object]] = []
    for finding in report.findings:
        result = _result(finding, rule_index[finding.rule], path_index[finding.path])
        if written := fixes.write(finding, artifact_location(finding.path)):
            result["fixes"] = [written]
        results.append(result)
    driver: dict[str, object] = {
        "name": "aifirst",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in ordered],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report.notices)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the judged project."}}},
        "artifacts": [_artifact(path, language.get(path, "")) for path in paths],
        "results": results,
        "columnKind": "unicodeCodePoints",
        "properties": {"preset": report.preset, "tokenizer": report.tokenizer},
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def artifact_location(path: str) -> dict[str, object]:
    """Where a file is: its path as a relative URI reference, byte for byte, also where it is not UTF-8."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = encodable(path).encode()
    # A colon in the first segment would read as a scheme (RFC 3986, section 4.2); `quote` escapes it.
    return {"uri": quote(raw), "uriBaseId": _ROOT}


def _rule(rule: RuleInfo) -> dict[str, object]:
    described: dict[str, object] = {"id": rule.code}
    if rule.name:
        described["name"] = rule.name
    if rule.summary:
        described["shortDescription"] = {"text": rule.summary}
    if rule.explanation:
        first = " ".join(rule.explanation.split("\n\n")[0].split())
        described["fullDescription"] = {"text": first[:_SHORT]}
        described["help"] = {"text": rule.explanation, "markdown": rule.explanation}
    if rule.help_uri:
        described["helpUri"] = rule.help_uri
    enabled = rule.severity != "off"
    described["defaultConfiguration"] = {"enabled": enabled, "level": rule.severity if enabled else "none"}
    return described


def _result(finding: Finding, rule_index: int, artifact_index: int) -> dict[str, object]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    place = {**artifact_location(finding.path), "index": artifact_index}
    location: dict[str, object] = {"physicalLocation": {"artifactLocation": place, "region": region}}
    if finding.unit:
        location["logicalLocations"] = [{"fullyQualifiedName": encodable(finding.unit)}]
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": finding.severity,
        "message": {"text": _message(with_advice(finding.message, finding.suggestion))},
        "locations": [location],
    }
    if finding.fingerprint:
        result["partialFingerprints"] = {"aifirst/v1": finding.fingerprint}
    return result


def _message(text: str) -> str:
    """The text with what a viewer would take for a placeholder (3.11.5) or a link (3.11.6) escaped.

    Other braces and brackets stay as they are: viewers do not undo the doubling that 3.11.5 asks for.
    """
    return _LINK.sub(r"\\[", _PLACEHOLDER.sub(r"{{\1}}", encodable(text)))


def _artifact(path: str, language: str) -> dict[str, object]:
    artifact: dict[str, object] = {"location": artifact_location(path)}
    if language:
        artifact["sourceLanguage"] = language
    return artifact


def _invocation(notices: Sequence[Notice]) -> dict[str, object]:
    """The run as such: it succeeded, and this is what people should know about it."""
    notifications: list[dict[str, object]] = []
    for notice in notices:
        notification: dict[str, object] = {
            "descriptor": {"id": notice.code},
            "level": "note",
            "message": {"text": _message(with_advice(notice.message, notice.next_step))},
        }
        if notice.path:
            place = {"physicalLocation": {"artifactLocation": artifact_location(notice.path)}}
            notification["locations"] = [place]
        notifications.append(notification)
    return {"executionSuccessful": True, "toolExecutionNotifications": notifications}

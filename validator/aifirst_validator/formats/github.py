"""Findings as annotations on the lines of a pull request, and a page for the summary of a GitHub job.

Workflow commands: docs.github.com, "Workflow commands for GitHub Actions". GitHub shows only the first ten
errors, ten warnings and ten notices of a step, so the worst come first; the summary has the rest. What is to
know about the run itself is an annotation too: a warning where something was not judged.
"""

from __future__ import annotations

from operator import itemgetter

from aifirst_validator.finding import SEVERITY_ORDER, Finding
from aifirst_validator.formats.concise import summary_line
from aifirst_validator.formats.figures import Figures, figures_of
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.formats.wording import plural, with_advice
from aifirst_validator.report import Notice, Report

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_NOT_JUDGED = frozenset({"bug", "cache", "config", "crash", "directive", "language", "unmerged"})
"""Codes of notices that a person has to act on; the others tell of files that were left out as they should."""
_NOTICES_IN_SUMMARY = 50
_UNITS_IN_SUMMARY = 10
_FINDINGS_IN_SUMMARY = 50


def render(report: Report, *, folder: str = "", **_: object) -> str:
    """One workflow command a finding and a notice, then the summing-up as plain text.

    `folder` is the project's folder inside the repository, as annotations need paths from there.
    """
    prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
    findings = sorted(report.findings, key=lambda finding: SEVERITY_ORDER[finding.severity])
    ranked = [(SEVERITY_ORDER[finding.severity], _command(finding, prefix)) for finding in findings]
    ranked += [(_rank(notice), _notice_command(notice, prefix)) for notice in report.notices]
    lines = [command for _, command in sorted(ranked, key=itemgetter(0))]
    return "\n".join([*lines, summary_line(report)]) + "\n"


def _rank(notice: Notice) -> float:
    """Before all warnings where something was not judged, else after all notes."""
    return SEVERITY_ORDER["warning"] - 0.5 if notice.code in _NOT_JUDGED else SEVERITY_ORDER["note"] + 1


def _notice_command(notice: Notice, prefix: str) -> str:
    properties = [("file", visible(prefix + notice.path))] if notice.path else []
    properties.append(("title", f"aifirst {notice.code}"))
    said = _escape_data(visible(with_advice(notice.message, notice.next_step)))
    command = "warning" if notice.code in _NOT_JUDGED else "notice"
    return f"::{command} {_listed(properties)}::{said}"


def _command(finding: Finding, prefix: str) -> str:
    properties = [("file", visible(prefix + finding.path)), ("line", str(finding.line))]
    if finding.end_line > finding.line:
        # GitHub refuses columns on an annotation of several lines.
        properties.append(("endLine", str(finding.end_line)))
    else:
        properties += [("col", str(finding.column)), ("endColumn", str(finding.end_column))]
    properties.append(("title", f"{finding.rule} {finding.name}".rstrip()))
    message = visible(finding.message)
    if finding.suggestion:
        message = f"{message}\n{visible(finding.suggestion)}"
    return f"::{_COMMANDS[finding.severity]} {_listed(properties)}::{_escape_data(message)}"


def _listed(properties: list[tuple[str, str]]) -> str:
    return ",".join(f"{key}={_escape_property(value)}" for key, value in properties)


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def summary_markdown(report: Report) -> str:
    """The report as Markdown for `GITHUB_STEP_SUMMARY`, far below its limit of 1 MiB."""
    figures = figures_of(report)
    parts = ["## AI-First check", "", _escape_markdown(summary_line(report)), "", *_figure_table(figures)]
    if figures.rules:
        parts += [
            "",
            "### Findings by rule",
            "",
            "| Severity | Rule | Count | For example |",
            "|---|---|--:|---|",
        ]
        for rule in figures.rules:
            place = _code(f"{rule.first.path}:{rule.first.line}")
            name = _escape_markdown(f"{rule.code} {rule.name}".rstrip())
            parts.append(f"| {rule.severity} | {name} | {rule.count:,} | {place} |")
    if figures.largest:
        parts += ["", "### Largest functions", "", "| Tokens | Function | Place |", "|--:|---|---|"]
        for unit in figures.largest[:_UNITS_IN_SUMMARY]:
            parts.append(f"| {unit.tokens:,} | {_code(unit.name)} | {_code(f'{unit.path}:{unit.line}')} |")
    if report.findings:
        parts += ["", *_finding_list(report)]
    if report.notices:
        parts += ["", *_notice_list(report)]
    return "\n".join(parts) + "\n"


def _figure_table(figures: Figures) -> list[str]:
    over = sum(figures.bands[-2:])
    return [
        "| Files | Lines | Tokens | Functions | Over 700 tokens | Glue |",
        "|--:|--:|--:|--:|--:|--:|",
        f"| {figures.files:,} | {figures.lines:,} | {figures.tokens:,} | {figures.units:,} | {over:,}"
        f" | {figures.glue_ratio:.1%} |",
    ]


def _finding_list(report: Report) -> list[str]:
    findings = sorted(report.findings, key=lambda finding: SEVERITY_ORDER[finding.severity])
    total, shown = len(findings), findings[:_FINDINGS_IN_SUMMARY]
    what = f"All {total:,}" if total == len(shown) else f"The first {len(shown)} of {total:,}"
    lines = [f"<details><summary>{what} {plural(total, 'finding')}</summary>", ""]
    for finding in shown:
        place = _code(f"{finding.path}:{finding.line}:{finding.column}")
        lines.append(
            f"- {finding.severity} {finding.rule} {place} {_escape_markdown(visible(finding.message))}"
        )
    return [*lines, "", "</details>"]


def _notice_list(report: Report) -> list[str]:
    total = len(report.notices)
    ordered = sorted(report.notices, key=_rank)[:_NOTICES_IN_SUMMARY]
    lines = [f"<details><summary>{total:,} {plural(total, 'notice')}</summary>", ""]
    for notice in ordered:
        place = f" {_code(notice.path)}" if notice.path else ""
        said = _escape_markdown(visible(with_advice(notice.message, notice.next_step)))
        lines.append(f"- {notice.code}{place} {said}")
    if total > len(ordered):
        lines.append(f"- and {total - len(ordered):,} more (--format json)")
    return [*lines, "", "</details>"]


def _code(text: str) -> str:
    """The text as a code span inside a table; HTML, because a span of Markdown cannot hold every backtick."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<code>{_escape_markdown_only(text)}</code>"


def _escape_markdown(text: str) -> str:
    return _escape_markdown_only(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _escape_markdown_only(text: str) -> str:
    for character in "\\`*_[]|~#@":
        text = text.replace(character, f"&#{ord(character)};" if character != "#" else character)
    return text

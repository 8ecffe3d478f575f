"""Findings one a line, for scripts, editors and long lists, and the line that sums a report up."""

from __future__ import annotations

from aifirst_validator.finding import Finding
from aifirst_validator.formats.figures import figures_of
from aifirst_validator.formats.terminal import PLAIN, Terminal
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.formats.wording import plural, severity_counts, with_advice
from aifirst_validator.report import Notice, Report

_NOTICES_SHOWN = 5


def render(report: Report, *, terminal: Terminal = PLAIN, **_: object) -> str:
    """One line a finding, one a notice, and a line that sums up, with a newline at the end."""
    lines = [finding_line(finding, terminal) for finding in report.findings]
    lines += [_notice_line(notice, terminal) for notice in report.notices]
    return "\n".join([*lines, summary_line(report, terminal)]) + "\n"


def _notice_line(notice: Notice, terminal: Terminal) -> str:
    """`path: notice[code] message`: without a line number, so that no program takes it for a finding."""
    place = f"{terminal.paint(visible(notice.path), 'strong')}: " if notice.path else ""
    said = visible(with_advice(notice.message, notice.next_step))
    return f"{place}{terminal.paint(f'notice[{notice.code}]', 'faint')} {said}"


def finding_line(finding: Finding, terminal: Terminal = PLAIN) -> str:
    """`path:line:column severity CODE name  message`, always one line."""
    place = terminal.paint(f"{visible(finding.path)}:{finding.line}:{finding.column}", "strong")
    severity = terminal.paint(finding.severity, finding.severity)
    rule = terminal.paint(f"{finding.rule} {finding.name}".rstrip(), "accent")
    return f"{place} {severity} {rule}  {visible(finding.message)}"


def notice_lines(report: Report, terminal: Terminal = PLAIN) -> list[str]:
    """The first notices, a line each, and how many more there are."""
    lines: list[str] = []
    for notice in report.notices[:_NOTICES_SHOWN]:
        place = f"{visible(notice.path)}: " if notice.path else ""
        said = visible(with_advice(notice.message, notice.next_step))
        lines.append(f"{terminal.paint(f'notice {notice.code}', 'faint')} {place}{said}")
    more = len(report.notices) - _NOTICES_SHOWN
    if more > 0:
        lines.append(terminal.paint(f"and {more:,} more {plural(more, 'notice')} (--format json)", "faint"))
    return lines


def summary_line(report: Report, terminal: Terminal = PLAIN) -> str:
    """How many findings of which severity, in how many files, and what was not told."""
    figures = figures_of(report)
    judged = f"{figures.files:,} {plural(figures.files, 'file')}"
    total = len(report.findings)
    if total:
        style = "error" if figures.errors else "warning" if figures.warnings else "note"
        by_severity = ", ".join(severity_counts(figures.errors, figures.warnings, figures.notes))
        head = terminal.paint(f"{total:,} {plural(total, 'finding')}", style)
        head = f"{head} ({by_severity}) in {figures.found_in:,} of {judged}"
    else:
        head = f"{terminal.paint('No findings', 'good')} in {judged}"
    parts = [head]
    if figures.fixable:
        parts.append(f"{figures.fixable:,} fixable with --fix")
    if report.suppressed:
        parts.append(f"{report.suppressed:,} suppressed")
    if report.known:
        parts.append(f"{report.known:,} in the baseline")
    if report.seconds:
        parts.append(f"{report.seconds:.1f} s")
    return (" · " if terminal.unicode else ", ").join(parts)

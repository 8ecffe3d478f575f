"""Findings as a person reads them in a terminal: the place, the message, the line with a mark under it.

    app/query.py:12:5 warning AF101 unit-tokens  function load_all has 812 tokens, limit 700
       12 │ def load_all(path, *, strict=False):
          │     ^^^^^^^^
          │ Split it where a comment or blank line already separates its steps.

Findings of one file stand together, files in order; the last line sums up.
"""

from __future__ import annotations

from aifirst_validator.finding import Finding
from aifirst_validator.formats.concise import finding_line, notice_lines, summary_line
from aifirst_validator.formats.source_lines import SourceLines, Sources, mark_line
from aifirst_validator.formats.terminal import PLAIN, Terminal
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.report import Report

_WIDEST_SOURCE = 100
_NARROWEST_SOURCE = 20


def render(report: Report, *, sources: Sources, terminal: Terminal = PLAIN, **_: object) -> str:
    """The report as text with a newline at its end; each finding with its line of source where readable."""
    lines = SourceLines(sources)
    parts: list[str] = []
    for finding in report.findings:
        parts.append(finding_line(finding, terminal))
        parts.extend(_detail_lines(finding, lines, terminal))
        parts.append("")
    notices = notice_lines(report, terminal)
    if notices:
        parts.extend([*notices, ""])
    parts.append(summary_line(report, terminal))
    return "\n".join(parts) + "\n"


def _detail_lines(finding: Finding, lines: SourceLines, terminal: Terminal) -> list[str]:
    """The line of source with the mark under it, then the suggestion."""
    number = str(finding.line)
    gutter = max(len(number), 4)
    bar = terminal.paint("│" if terminal.unicode else "|", "faint")
    empty = " " * (gutter + 1) + " " + bar
    detail: list[str] = []
    source = lines.line(finding.path, finding.line)
    if source is not None:
        width = _WIDEST_SOURCE if not terminal.width else terminal.width - gutter - 4
        last = finding.end_column - 1 if finding.end_line == finding.line else None
        marked = mark_line(source, finding.column - 1, last, max(width, _NARROWEST_SOURCE))
        shown = marked.text if terminal.unicode else marked.text.replace("…", "~")
        detail.append(f"{terminal.paint(number.rjust(gutter + 1), 'faint')} {bar} {shown}".rstrip())
        detail.append(f"{empty} {' ' * marked.before}{terminal.paint('^' * marked.length, finding.severity)}")
    if finding.suggestion:
        detail.append(f"{empty} {visible(finding.suggestion)}")
    return detail

"""The report as one JSON object: the contract that programs read.

`version` 1: fields are added, never changed or taken away. `seconds` and `reread`, which differ between
two runs on the same files, come last, so that all text before them is the same.
"""

from __future__ import annotations

import msgspec

from aifirst_validator.finding import Finding
from aifirst_validator.formats.figures import Figures, figures_of
from aifirst_validator.formats.visible_text import encodable
from aifirst_validator.report import Notice, Report

VERSION = 1


def render(report: Report, **_: object) -> str:
    """The object, indented, with a newline at its end.

    Surrogates in a path that is not UTF-8 become U+FFFD: a lone surrogate is no valid JSON text.
    """
    document = {
        "version": VERSION,
        "preset": report.preset,
        "tokenizer": report.tokenizer,
        "revision": report.revision,
        "findings": [_finding(finding) for finding in report.findings],
        "notices": [_notice(notice) for notice in report.notices],
        "summary": _summary(report, figures_of(report)),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": encodable(finding.path),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "unit": encodable(finding.unit),
        "message": encodable(finding.message),
        "suggestion": encodable(finding.suggestion),
        "fixable": finding.fixable,
        "name": finding.name,
        "fingerprint": finding.fingerprint,
    }


def _notice(notice: Notice) -> dict[str, object]:
    return {
        "code": notice.code,
        "path": encodable(notice.path),
        "message": encodable(notice.message),
        "next_step": encodable(notice.next_step),
    }


def _summary(report: Report, figures: Figures) -> dict[str, object]:
    """Counts of the whole run; `glue_ratio` is over code files, `units` counts functions."""
    return {
        "findings": len(report.findings),
        "errors": figures.errors,
        "warnings": figures.warnings,
        "notes": figures.notes,
        "fixable": figures.fixable,
        "suppressed": report.suppressed,
        "known": report.known,
        "rules": {rule.code: rule.count for rule in sorted(figures.rules, key=lambda rule: rule.code)},
        "files": figures.files,
        "files_with_findings": figures.found_in,
        "files_left_out": figures.left_out,
        "files_broken": figures.broken,
        "languages": dict(sorted(figures.languages)),
        "lines": figures.lines,
        "tokens": figures.tokens,
        "units": figures.units,
        "glue_ratio": figures.glue_ratio,
        "reread": report.reread,
        "seconds": round(report.seconds, 3),
    }

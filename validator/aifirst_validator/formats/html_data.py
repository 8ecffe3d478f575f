"""What the HTML page shows, as one JSON value small enough for large projects.

Rows are lists, not objects, and texts that repeat (paths, rules) stand once; `html_assets/data.js` gives
the positions their names, in the order of the row functions below. Every text is made visible first, so the page
holds no control character. Excerpts are cut off at a total size, worst findings first.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from aifirst_validator.finding import SEVERITY_ORDER, Finding
from aifirst_validator.formats.figures import BAND_LIMITS, Figures, figures_of, language_title, project_name
from aifirst_validator.formats.rule_info import RuleInfo
from aifirst_validator.formats.source_lines import SourceLines, Sources, mark_line
from aifirst_validator.formats.visible_text import visible, visible_lines
from aifirst_validator.report import FileSummary, Report

UNIT_LIMIT = BAND_LIMITS[2]
_BIN_TOKENS = 50
_BINS = 30
_EXCERPT_WIDTH = 110
_LINES_BEFORE = 1
_LINES_AFTER = 2
_EXCERPT_CHARACTERS = 2_000_000
_FINDINGS_SHOWN = 20_000


def page_data(report: Report, sources: Sources, rules: Sequence[RuleInfo]) -> bytes:
    """The JSON text, safe inside a `script` element: no `<`, `>`, `&` or line separator stands in it."""
    figures = figures_of(report)
    paths = sorted({*(file.path for file in report.files), *(finding.path for finding in report.findings)})
    path_index = {path: index for index, path in enumerate(paths)}
    shown = _worst(report.findings)
    described = {rule.code: rule for rule in rules}
    codes = sorted({finding.rule for finding in shown})
    rule_index = {code: index for index, code in enumerate(codes)}
    names = {rule.code: rule.name for rule in figures.rules}
    data = {
        "project": visible(project_name(report)),
        "preset": report.preset,
        "tokenizer": visible(report.tokenizer),
        "revision": visible(report.revision),
        "limit": UNIT_LIMIT,
        "figures": _figures(report, figures),
        "histogram": {"step": _BIN_TOKENS, "counts": _histogram(report.files)},
        "paths": [visible(path) for path in paths],
        "rules": [_rule_row(code, names[code], described.get(code)) for code in codes],
        "files": _file_rows(report.files, path_index),
        "findings": _finding_rows(shown, path_index, rule_index, SourceLines(sources)),
        "notices": [[visible(text) for text in msgspec.structs.astuple(notice)] for notice in report.notices],
    }
    return _embeddable(msgspec.json.encode(data))


def _embeddable(encoded: bytes) -> bytes:
    for character in ("<", ">", "&", "\u2028", "\u2029"):
        encoded = encoded.replace(character.encode(), f"\\u{ord(character):04x}".encode())
    return encoded


def _figures(report: Report, figures: Figures) -> dict[str, object]:
    return {
        "errors": figures.errors,
        "warnings": figures.warnings,
        "notes": figures.notes,
        "fixable": figures.fixable,
        "suppressed": report.suppressed,
        "known": report.known,
        "foundIn": figures.found_in,
        "files": figures.files,
        "leftOut": figures.left_out,
        "lines": figures.lines,
        "tokens": figures.tokens,
        "units": figures.units,
        "glue": figures.glue_ratio,
        "bands": figures.bands,
        "languages": [(visible(language_title(name)), count) for name, count in figures.languages],
    }


def _histogram(files: Sequence[FileSummary]) -> list[int]:
    """Functions by size; the last bin holds everything larger."""
    counts = [0] * (_BINS + 1)
    for file in files:
        if not file.left_out:
            for size in file.sizes:
                # Upper ends belong to their bin, as a function at the limit is within it.
                counts[min(max(size - 1, 0) // _BIN_TOKENS, _BINS)] += 1
    return counts


def _rule_row(code: str, name: str, info: RuleInfo | None) -> list[object]:
    if info is None:
        return [code, visible(name), "", ""]
    return [code, visible(name), visible(info.summary), visible_lines(info.explanation)]


def _file_rows(files: Sequence[FileSummary], path_index: dict[str, int]) -> list[list[object]]:
    titles = {name: visible(language_title(name)) for name in {file.language for file in files}}
    return [_file_row(file, path_index[file.path], titles[file.language]) for file in files]


def _file_row(file: FileSummary, path: int, title: str) -> list[object]:
    over = [size for size in file.sizes if size > UNIT_LIMIT]
    name, line, tokens = file.largest if file.sizes else ("", 1, 0)
    return [
        path, title, file.kind, file.lines, file.tokens, file.glue_tokens,
        len(file.sizes), len(over), sum(over), visible(name), line, tokens, int(file.broken),
        visible(file.left_out),
    ]  # fmt: skip


def _worst(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings by severity, then by place; of very many only the worst."""
    return sorted(findings, key=lambda finding: SEVERITY_ORDER[finding.severity])[:_FINDINGS_SHOWN]


def _finding_rows(
    findings: Sequence[Finding], path_index: dict[str, int], rule_index: dict[str, int], lines: SourceLines
) -> list[list[object]]:
    budget = _EXCERPT_CHARACTERS
    rows: list[list[object]] = []
    for finding in findings:
        excerpt = _excerpt(finding, lines) if budget > 0 else None
        if excerpt is not None:
            budget -= sum(map(len, excerpt[1:]))
        rows.append([
            path_index[finding.path], rule_index[finding.rule], SEVERITY_ORDER[finding.severity],
            finding.line, finding.column, visible(finding.unit), visible(finding.message),
            visible(finding.suggestion), int(finding.fixable), excerpt,
        ])  # fmt: skip
    return rows


def _excerpt(finding: Finding, lines: SourceLines) -> tuple[int, str, str, str, str, str] | None:
    """(number of the first line, lines before, before the mark, marked, after it, lines after)."""
    text = lines.lines(finding.path)
    number = finding.line - 1
    if text is None or not 0 <= number < len(text):
        return None
    last = finding.end_column - 1 if finding.end_line == finding.line else None
    marked = mark_line(text[number], finding.column - 1, last, _EXCERPT_WIDTH)
    first = max(number - _LINES_BEFORE, 0)
    return (
        first + 1,
        "\n".join(_plain(line) for line in text[first:number]),
        marked.text[: marked.start],
        marked.text[marked.start : marked.end],
        marked.text[marked.end :],
        "\n".join(_plain(line) for line in text[number + 1 : number + 1 + _LINES_AFTER]),
    )


def _plain(line: str) -> str:
    return mark_line(line, 0, 0, _EXCERPT_WIDTH).text

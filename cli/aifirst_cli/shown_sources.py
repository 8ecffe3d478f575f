"""The source that formats show under a finding, with every secret blotted out.

A report ends in logs of CI systems, in pages that are passed on and in prompts: none of them may carry a secret
further than it has come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aifirst_cli.judging import reading_settings
from aifirst_cli.run_options import RunOptions

if TYPE_CHECKING:
    from aifirst_validator.finding import Finding
    from aifirst_validator.report import Report

_SECRETS: Final = "AF601"
_BLOT: Final = "*"


def sources_of(report: Report, run: RunOptions) -> Callable[[str], str | None]:
    """A function that gives the text of a file of the project, None where it cannot be read.

    `report` is the report before anything was filtered out of it, since other findings may stand in the line
    of a secret. A blotted text has the lines and columns of the original.
    """
    from aifirst_codebase.discovery import Skipped, read_source

    root = Path(report.root)
    settings = cache(lambda: reading_settings(root, run))  # a report without findings shows no source
    secrets: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.rule == _SECRETS:
            secrets.setdefault(finding.path, []).append(finding)

    def text_of(path: str) -> str | None:
        source = read_source(root, path, settings())
        if isinstance(source, Skipped):
            return None
        return blot(source.text, secrets[path]) if path in secrets else source.text

    return text_of


def blot(text: str, findings: Sequence[Finding]) -> str:
    """The text with `*` for every character that the findings cover."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in findings:
        for number in range(finding.line, min(finding.end_line, len(lines)) + 1):
            line = lines[number - 1]
            start = finding.column - 1 if number == finding.line else 0
            end = min(finding.end_column - 1, len(line)) if number == finding.end_line else len(line)
            lines[number - 1] = line[:start] + _BLOT * (end - start) + line[end:]
    return "\n".join(lines)

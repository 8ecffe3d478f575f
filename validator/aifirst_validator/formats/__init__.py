"""How findings are told: one format a file.

A format is a module with `render(report, *, sources, rules, terminal) -> str`; it takes what it needs of
these and leaves the rest. Formats are imported when asked for: most runs use one.

Left out: where the text goes, and the one screen of `aifirst check` (`screen`), which is no format of
`validate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Protocol, cast

from aifirst_validator.formats.rule_info import RuleInfo
from aifirst_validator.formats.source_lines import Sources
from aifirst_validator.formats.terminal import Terminal
from aifirst_validator.report import Report

__all__ = ["FORMATS", "Renderer", "RuleInfo", "Sources", "Terminal", "UnknownFormatError", "load_renderer"]

FORMATS: dict[str, str] = {
    "text": "text",
    "concise": "concise",
    "json": "json_object",
    "sarif": "sarif",
    "github": "github",
    "junit": "junit",
    "html": "html_page",
}
"""Name of each format and the module that renders it."""


class UnknownFormatError(ValueError):
    """There is no format of that name; the message says which there are."""


class Renderer(Protocol):
    """Renders a report. `rules` describes the rules of the run, `terminal` where the text is going."""

    def __call__(
        self, report: Report, *, sources: Sources, rules: Sequence[RuleInfo], terminal: Terminal
    ) -> str:
        """The report as text; a newline ends it."""
        ...


def load_renderer(name: str) -> Renderer:
    """The renderer of a format; raises `UnknownFormatError`."""
    if name not in FORMATS:
        close = get_close_matches(name, FORMATS, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(FORMATS)}"
        raise UnknownFormatError(f"there is no format {name!r}; {hint}")
    module = import_module(f"aifirst_validator.formats.{FORMATS[name]}")
    return cast("Renderer", module.render)

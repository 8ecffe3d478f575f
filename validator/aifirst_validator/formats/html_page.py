"""The report as one HTML file that opens anywhere: no network, no server, no font or script from elsewhere.

A content security policy forbids it to load or send anything. The page is drawn in the browser from the
data that `html_data` embeds, with text nodes only, so nothing in a judged project can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from aifirst_validator.formats.concise import summary_line
from aifirst_validator.formats.figures import project_name
from aifirst_validator.formats.html_data import page_data
from aifirst_validator.formats.rule_info import RuleInfo
from aifirst_validator.formats.source_lines import Sources
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.report import Report

SCRIPTS = ("data.js", "dom.js", "charts.js", "treemap.js", "overview.js", "lists.js", "page.js")
"""In the order they run; each only uses what stands in those before it."""

_SLOT = re.compile(r"<!--slot:(\w+)-->")


def render(report: Report, *, sources: Sources, rules: Sequence[RuleInfo] = (), **_: object) -> str:
    """The whole page."""
    assets = files("aifirst_validator.formats") / "html_assets"
    slots = {
        "title": escape(visible(project_name(report))),
        "summary": escape(summary_line(report)),
        "style": (assets / "report.css").read_text("utf-8"),
        "data": page_data(report, sources, rules).decode(),
        "script": "\n".join((assets / name).read_text("utf-8") for name in SCRIPTS),
    }
    template = (assets / "report.html").read_text("utf-8")
    return _SLOT.sub(lambda slot: slots[slot[1]], template)

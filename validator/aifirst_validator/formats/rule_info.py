"""What a format tells about a rule beside its findings: the documentation page in small."""

from __future__ import annotations

from typing import Literal

import msgspec


class RuleInfo(msgspec.Struct, frozen=True):
    """A rule as a viewer of findings describes it.

    `explanation` is the text of the rule's page (Markdown), `severity` the one that this run gave it,
    `help_uri` the address of its page, empty where it has none.
    """

    code: str
    name: str
    summary: str
    explanation: str = ""
    severity: Literal["off", "note", "warning", "error"] = "warning"
    fixable: bool = False
    help_uri: str = ""

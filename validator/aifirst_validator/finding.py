"""A finding: what a rule says about one place, as people and programs read it.

The field names are the output contract of `aifirst validate --format json`: they may be added to, never
changed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

FindingSeverity = Literal["note", "warning", "error"]
SEVERITY_ORDER: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


class Edit(msgspec.Struct, frozen=True):
    """Replace the bytes [start, end) of the decoded file by `text`."""

    start: int
    end: int
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that belong together. `safe` fixes keep the syntax tree and are applied by `--fix`."""

    edits: tuple[Edit, ...]
    safe: bool = True


class Problem(msgspec.Struct, frozen=True):
    """What a rule found, in bytes of the file; the engine makes a `Finding` of it.

    `severity` overrides the rule's own for this problem (a worse degree of the same thing). `anchor` is a
    short text that identifies the problem when lines move; the message serves where it is empty.
    """

    start: int
    end: int
    message: str
    suggestion: str = ""
    severity: FindingSeverity | None = None
    fix: Fix | None = None
    anchor: str = ""


def as_sentence(suggestion: str) -> str:
    """What the ground floor suggests, as the rules say it: it begins with a capital."""
    return suggestion[:1].upper() + suggestion[1:]


class Finding(msgspec.Struct, frozen=True):
    """One finding. Lines and columns count from 1, columns in characters; `end_column` is excluded.

    `unit` is the qualified name of the unit, empty for a module's own code. `fingerprint` stays the same
    when the finding moves to other lines.
    """

    rule: str
    severity: FindingSeverity
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    unit: str
    message: str
    suggestion: str = ""
    fixable: bool = False
    name: str = ""
    fingerprint: str = ""
    fix: Fix | None = None


def finding_order(finding: Finding) -> tuple[str, int, int, str, str]:
    """Sort key: by place, then by rule."""
    return (finding.path, finding.line, finding.column, finding.rule, finding.message)

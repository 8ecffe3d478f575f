"""AF406, edit rule E6: a log entry says everything the next reader needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BAR = "# " + "=" * 60
_BEFORE = f"""{_BAR}
# @TAG:TICKET:retry-delay
{_BAR}
# TICKET: Delay between retries
{_BAR}
# Created: 2025-01-10
{_BAR}
# MODIFICATION LOG:
# - 2025-01-10: First version

def delay(attempt):
    return 2 ** attempt
"""
_FULL = """# - 2025-06-01: Delay is at most a minute
#   Agent: Ada
#   Type: fix
#   Reason: Clients gave up after an hour
#   Impact:
#     - Waits are shorter from the seventh attempt on
#   Related: specs/retry.md
#   Reviewed: Grace
"""
_ENTRY = "# - 2025-01-10: First version\n"


class ChangeDocumented(ChangeRule):
    """An entry of the modification log is read by whoever edits next, person or model, without the
    conversation that led to the change. It has seven fields: Date, Agent (or Changed by), Type, Reason,
    Impact, Related and Reviewed.

    Only entries that this change adds are judged.
    """

    code: ClassVar[str] = "AF406"
    name: ClassVar[str] = "change-documented"
    summary: ClassVar[str] = "A new log entry lacks some of its seven fields."
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {"gradual": "note", "legacy": "note", "prototype": "off"}
    edit_rule: ClassVar[str] = "E6"
    valid = (Example(_BEFORE.replace(_ENTRY, _ENTRY + _FULL), before=_BEFORE),)
    invalid = (
        Example(
            _BEFORE.replace(_ENTRY, _ENTRY + "# - 2025-06-01: Delay is at most a minute\n#   Reason: Clients\n"),
            lines=(10,), before=_BEFORE,
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem for each new entry that lacks a field."""
        del change
        after = changed.after
        if not changed.in_edit_scope or after is None:
            return
        for logged in changed.new_log_entries:
            missing = logged.entry.missing_fields
            if missing:
                yield Problem(
                    after.lines.byte_offset(logged.start), after.lines.byte_offset(logged.end),
                    f"the new log entry has no {', '.join(missing)}",
                    "Add " + ", ".join(f"{name}: …" for name in missing) + " below it.",
                    anchor=f"log {logged.entry.date} {logged.entry.text}",
                )  # fmt: skip

"""AF402, edit rule E2: where the code changes, its ticket says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.tickets import Ticket

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BAR = "# " + "=" * 60
_BEFORE = f"""{_BAR}
# @TAG:TICKET:retry-delay
# @TAG:MODIFIED:2025-01-10
{_BAR}
# TICKET: Delay between retries
{_BAR}
# Created: 2025-01-10
{_BAR}
# MODIFICATION LOG:
# - 2025-01-10: First version
#   Reason: The queue was flooded

def delay(attempt):
    return 2 ** attempt
"""
_CODE = _BEFORE.replace("2 ** attempt", "min(2 ** attempt, 60)")
_TOLD = _CODE.replace("MODIFIED:2025-01-10", "MODIFIED:2025-06-01").replace(
    "#   Reason: The queue was flooded\n",
    "#   Reason: The queue was flooded\n# - 2025-06-01: Delay is at most a minute\n#   Reason: Clients gave up\n",
)


class TicketUpdated(ChangeRule):
    """The ticket at the head of a file is what the next edit is planned from. An edit that changes code and
    not its ticket makes the ticket wrong, and nobody sees it.

    Where the code of a file with a ticket changes, the ticket's text changes too, its modification log gets a
    new entry, and `@TAG:MODIFIED` carries the day of the edit (any day since the revision that is compared
    with). Edits of comments and formatting need none of it.
    """

    code: ClassVar[str] = "AF402"
    name: ClassVar[str] = "ticket-updated"
    summary: ClassVar[str] = "Code changed and its ticket did not."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {"legacy": "warning", "prototype": "off"}
    edit_rule: ClassVar[str] = "E2"
    valid = (
        Example(_TOLD, before=_BEFORE),
        Example(_BEFORE.replace("flooded", "flooded at noon"), before=_BEFORE, title="Only glue changed"),
    )
    invalid = (
        Example(_CODE, lines=(1,), before=_BEFORE),
        Example(
            _TOLD.replace("MODIFIED:2025-06-01", "MODIFIED:2025-03-01"), lines=(1,), before=_BEFORE,
            title="The tag carries another day",
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem, at the ticket."""
        if not changed.in_edit_scope or not changed.tickets_before or not changed.behaviour_changed:
            return
        reading = changed.after
        if reading is None:
            return
        if not changed.tickets_after:
            yield Problem(0, 0, "the edit removed the ticket and kept the code", "Put the ticket back.")
            return
        missing = list(_missing(changed, change))
        if not missing:
            return
        ticket = changed.tickets_after[0]
        start = reading.lines.byte_offset(ticket.start)
        end = reading.lines.line_end(reading.lines.line_of(start))
        yield Problem(
            start, end, f"the code changed, but {', '.join(missing)}",
            f"Set @TAG:MODIFIED:{change.today} and add to the log: - {change.today}: what changed, and Reason:.",
            anchor="ticket",
        )  # fmt: skip


def _missing(changed: ChangedFile, change: ChangeSet) -> Iterator[str]:
    before, after = changed.tickets_before, changed.tickets_after
    if _texts(before) == _texts(after):
        yield "the ticket is the same"
    elif not changed.new_log_entries:
        yield "the modification log has no new entry"
    tags = changed.context_after.tags if changed.context_after is not None else ()
    days = {tag.value for tag in tags if tag.category == "MODIFIED"}
    if not any(change.since.isoformat() <= (day or "") <= change.today.isoformat() for day in days):
        yield f"@TAG:MODIFIED is not {change.today}"


def _texts(tickets: tuple[Ticket, ...]) -> list[str]:
    return [ticket.write() for ticket in tickets]

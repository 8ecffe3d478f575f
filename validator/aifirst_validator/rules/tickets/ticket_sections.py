"""AF502: a ticket lacks a section it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem, as_sentence
from aifirst_validator.rule import Example, FileRule
from aifirst_validator.rules.tickets.ticket_grammar import SECTIONS

_BAR = "# " + "=" * 76 + "\n"
_HEAD = f"{_BAR}# @TAG:TICKET:rank-rows\n{_BAR}# TICKET: Rank rows by score\n{_BAR}"
_MINI = (
    f"{_HEAD}# CONTEXT: rows come unsorted\n# PROBLEM: the best row has to be first\n"
    f"# REQUIREMENTS: FR1 sorts by score\n{_BAR}"
)


class TicketSections(FileRule):
    """A ticket is self-sufficient: from it alone a model writes the unit. Without its context, requirements or
    expected outcome that cannot be. The mini form needs CONTEXT and REQUIREMENTS.

    Off where `tickets.required_sections` is false.
    """

    code: ClassVar[str] = "AF502"
    name: ClassVar[str] = "ticket-sections"
    summary: ClassVar[str] = "A ticket lacks a section it needs."
    kinds = ("code", "style", "markup", "prose")
    valid = (
        Example(f"{_MINI}LIMIT = 5\n"),
        Example(
            _MINI.replace("# REQUIREMENTS: FR1 sorts by score\n", "") + "LIMIT = 5\n",
            settings="[tickets]\nrequired_sections = false\n",
            title="not required",
        ),
    )
    invalid = (
        Example(_MINI.replace("# REQUIREMENTS: FR1 sorts by score\n", "") + "LIMIT = 5\n", lines=(1,)),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the title for each missing section."""
        if not file.settings.tickets.required_sections:
            return
        for ticket in file.tickets:
            for one in ticket.diagnostics:
                if one.code in SECTIONS:
                    start, end = file.to_bytes(one.start, one.end)
                    yield Problem(start, end, one.message, as_sentence(one.suggestion), anchor=one.message)

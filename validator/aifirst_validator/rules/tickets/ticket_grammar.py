"""AF501: a ticket is not written so that it can be read back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem, as_sentence
from aifirst_validator.rule import Example, FileRule

_BAR = "# " + "=" * 76 + "\n"
_HEAD = f"{_BAR}# @TAG:TICKET:rank-rows\n{_BAR}# TICKET: Rank rows by score\n{_BAR}"
_MINI = (
    f"{_HEAD}# CONTEXT: rows come unsorted\n# PROBLEM: the best row has to be first\n"
    f"# REQUIREMENTS: FR1 sorts by score\n{_BAR}"
)
SECTIONS = ("ticket-section-missing",)


class TicketGrammar(FileRule):
    """A ticket is read by people, by models and by aifirst itself, which finds its requirements, its tests and
    its log by the grammar. Reported are bars that do not match, a missing or repeated title, a first tag
    that is no TICKET tag, repeated, unknown, empty or misplaced sections, dates that are none, requirement
    ids used twice, non-functional requirements without a number, and broken log entries.
    """

    code: ClassVar[str] = "AF501"
    name: ClassVar[str] = "ticket-grammar"
    summary: ClassVar[str] = "A ticket is not written so that it can be read back."
    kinds = ("code", "style", "markup", "prose")
    valid = (Example(f"{_MINI}LIMIT = 5\n"),)
    invalid = (
        Example(
            _MINI.replace("# TICKET: Rank rows by score", "# TICKET:") + "LIMIT = 5\n",
            lines=(1,),
            title="no title",
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each departure from the grammar; missing sections are AF502's."""
        for ticket in file.tickets:
            for one in ticket.diagnostics:
                if one.code not in SECTIONS:
                    start, end = file.to_bytes(one.start, one.end)
                    yield Problem(start, end, one.message, as_sentence(one.suggestion))

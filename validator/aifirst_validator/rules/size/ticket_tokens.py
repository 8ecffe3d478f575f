"""AF103: a ticket is longer than a model holds beside its code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.tokens import get_counter

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_BAR = "# " + "=" * 76 + "\n"
_TICKET = (
    f"{_BAR}# @TAG:TICKET:rank-rows\n{_BAR}# TICKET: Rank rows by score\n{_BAR}# CONTEXT: rows come unsorted\n"
    f"# PROBLEM: the best row has to be first\n# REQUIREMENTS: FR1 sorts by score\n{_BAR}LIMIT = 5\n"
)


class TicketTokens(FileRule):
    """A ticket holds the whole context of one unit. Above about 700 tokens it crowds out the code it is
    about, and no longer describes one unit. `limits.ticket_tokens` counts from the first bar to the last
    line, comment marks included.
    """

    code: ClassVar[str] = "AF103"
    name: ClassVar[str] = "ticket-tokens"
    summary: ClassVar[str] = "A ticket is longer than a model holds beside its code."
    kinds = ("code", "style", "markup", "prose")
    valid = (Example(_TICKET),)
    invalid = (Example(_TICKET, lines=(4,), settings="[limits]\nticket_tokens = 40\n"),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the title of each ticket over the limit."""
        limit = file.settings.limits.ticket_tokens
        if not limit:
            return
        for ticket in file.tickets:
            tokens = get_counter(file.settings.tokenizer).count(ticket.write())
            if tokens > limit:
                place = (
                    (ticket.title.start, ticket.title.end) if ticket.title else (ticket.start, ticket.start)
                )
                start, end = file.to_bytes(*place)
                yield Problem(
                    start, end, f"the ticket has {tokens} tokens, limit {limit}",
                    "Move what several units share to the specification and refer to it.",
                    anchor=ticket.slug or "ticket",
                )  # fmt: skip

"""A ticket asked, the code below it answered: tickets that stand as comments above the code they order.

The code of a ticket is the unit that the ticket belongs to, or, for one at the head of a file, the file, where it is
short enough to be one answer.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from aifirst_codebase.tickets import Ticket, parse_tickets

from aifirst_model.dataset.pairs.material import Material, ask, fenced
from aifirst_model.dataset.record import About, Sample

LONGEST = 8_000


def make_ticket_code(material: Material) -> Iterator[Sample]:
    """A conversation a ticket that has code."""
    for ticket, code, about in _ordered_code(material):
        title = material.language.data.title
        question = f"Write the {title} code that this ticket orders.\n\n{ticket}"
        yield ask(
            question,
            fenced(code, material.language.name),
            msgspec.structs.replace(about, task="ticket-to-code"),
        )


def make_code_ticket(material: Material) -> Iterator[Sample]:
    """The other way: the code asked, its ticket answered."""
    for ticket, code, about in _ordered_code(material):
        question = f"Write the ticket that orders this code.\n\n{fenced(code, material.language.name)}"
        yield ask(question, ticket, msgspec.structs.replace(about, task="code-to-ticket"))


def _ordered_code(material: Material) -> Iterator[tuple[str, str, About]]:
    if "TICKET" not in material.text:
        return
    for ticket in parse_tickets(material.text):
        start = len(material.text[: ticket.start].encode())
        end = start + len(ticket.write().encode())
        units = material.reading.units
        index = material.reading.unit_at(start)
        unit = units[index]
        code = material.slice(end, unit.code_end if index else len(material.reading.data)).strip("\n")
        if code.strip() and len(code) <= LONGEST:
            yield _plain(ticket), code, material.describe(unit)


def _plain(ticket: Ticket) -> str:
    """A ticket's text without comment signs, its bars as they are."""
    return "\n".join(line.body.rstrip() for line in ticket.lines).strip()

"""Writes a fresh ticket from data, and reads a ticket's data back out of its parse.

The text that `write_ticket` returns is proved before it is returned: parsed again, it gives the same
data. What the grammar cannot hold (a title of two lines, a bar inside a section) is an error that says
so, never a ticket that means something else. Left out: changes to existing tickets (`ticket_edits`).
"""

from typing import Literal

from msgspec import Struct

from aifirst_codebase.tickets.modification_log import LogEntry, short_entry_lines
from aifirst_codebase.tickets.sections import LOG_TITLE, TicketForm
from aifirst_codebase.tickets.ticket import Ticket
from aifirst_codebase.tickets.ticket_parser import parse_ticket

CommentMarker = Literal["#", "//", "--", ";", "*"]
"""The marker of every line; "*" writes one `/* */` block."""

BAR_LENGTH = 76


class TagData(Struct, frozen=True):
    """A header tag to write: `@TAG:category` or `@TAG:category:value`."""

    category: str
    value: str | None = None


class MetaData(Struct, frozen=True):
    """A `Key: value` line of the header."""

    key: str
    value: str


class SectionData(Struct, frozen=True):
    """A section: canonical name, optional text beside the heading, and its lines joined by newlines.

    In a mini-ticket `detail` is the field's value and `text` its continuation lines.
    """

    name: str
    text: str = ""
    detail: str = ""


class TicketData(Struct, frozen=True):
    """What a ticket says, without layout; the TICKET tag is the first of `tags`."""

    title: str
    tags: tuple[TagData, ...]
    meta: tuple[MetaData, ...] = ()
    sections: tuple[SectionData, ...] = ()
    log: tuple[LogEntry, ...] = ()
    form: TicketForm = "full"


class TicketDataError(ValueError):
    """The data cannot be written as a ticket; the message names the part and what to change."""


def ticket_data(ticket: Ticket) -> TicketData:
    """What a parsed ticket says. Comments' layout, markers and offsets are left behind."""
    return TicketData(
        title="" if ticket.title is None else ticket.title.text,
        tags=tuple(TagData(tag.category, tag.value) for tag in ticket.tags),
        meta=tuple(MetaData(line.key.text, line.value.text) for line in ticket.meta),
        sections=tuple(
            SectionData(section.name, section.text, "" if section.detail is None else section.detail.text)
            for section in ticket.sections
        ),
        log=() if ticket.log is None else tuple(logged.entry for logged in ticket.log.entries),
        form=ticket.form,
    )


def write_ticket(
    data: TicketData, *, comment: CommentMarker = "#", newline: str = "\n", bar_length: int = BAR_LENGTH
) -> str:
    """The ticket's text with a final line end. Raises TicketDataError when `data` has no ticket form."""
    if bar_length < 20:
        raise TicketDataError(f"a bar has at least 20 characters, not {bar_length}: pass a larger bar_length")
    bar = "=" * bar_length
    bodies = _mini_bodies(data, bar) if data.form == "mini" else _full_bodies(data, bar)
    if data.log:
        bodies.append(f"{LOG_TITLE}:")
        bodies.extend(line for entry in data.log for line in short_entry_lines(entry))
    marker = " *" if comment == "*" else comment
    lines = [f"{marker} {body}" if body else marker for body in bodies]
    if comment == "*":
        lines = ["/*", *lines, " */"]
    text = newline.join([*lines, ""])
    _prove(data, text)
    return text


def _header_bodies(data: TicketData) -> list[str]:
    return [f"@TAG:{tag.category}" + (f":{tag.value}" if tag.value else "") for tag in data.tags]


def _full_bodies(data: TicketData, bar: str) -> list[str]:
    bodies = [bar, *_header_bodies(data), bar, f"TICKET: {data.title}", bar]
    if data.meta:
        bodies.extend(f"{line.key}: {line.value}".rstrip() for line in data.meta)
        bodies.append(bar)
    for section in data.sections:
        heading = f"{section.name}: {section.detail}" if section.detail else section.name
        bodies.extend([bar, heading, bar, *section.text.split("\n")])
    return bodies


def _mini_bodies(data: TicketData, bar: str) -> list[str]:
    bodies = [bar, *_header_bodies(data), f"TICKET: {data.title}", bar]
    if data.meta:
        bodies.extend(f"{line.key}: {line.value}".rstrip() for line in data.meta)
        bodies.append(bar)
    for section in data.sections:
        bodies.append(f"{section.name}: {section.detail}".rstrip())
        if section.text:
            bodies.extend(section.text.split("\n"))
    bodies.append(bar)
    return bodies


def _prove(data: TicketData, text: str) -> None:
    ticket = parse_ticket(text)
    if ticket is None:
        raise TicketDataError("the ticket has no @TAG:TICKET tag: put TagData('TICKET', 'short-slug') first")
    back = ticket_data(ticket)
    for part in ("form", "tags", "title", "meta", "sections", "log"):
        wanted, got = getattr(data, part), getattr(back, part)
        if wanted != got:
            raise TicketDataError(
                f"the ticket's {part} would be read back differently, {got!r} for {wanted!r}: "
                "keep values on one line, names canonical and bars out of the text"
            )

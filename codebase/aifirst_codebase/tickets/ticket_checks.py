"""What a parsed ticket lacks or says twice: bars, title, tags, header keys, sections.

One function a part, each from the ticket's views to diagnostics. What the parser notices while reading
(bars without a partner, stray header lines) and what other grammars notice (ids, log) is not here.
"""

from collections.abc import Iterator, Sequence

from aifirst_codebase.tickets.calendar_date import read_date
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic, nearest_name
from aifirst_codebase.tickets.sections import META_KEYS, section_kind, section_kinds
from aifirst_codebase.tickets.ticket import Piece, Ticket


def check_ticket(ticket: Ticket, titles: Sequence[Piece]) -> Iterator[GrammarDiagnostic]:
    """The diagnostics of a ticket's parts; `titles` are all title lines, the first one counts."""
    yield from _check_bars(ticket)
    yield from _check_title(ticket, titles)
    yield from _check_tags(ticket)
    yield from _check_meta(ticket)
    yield from _check_section_names(ticket)
    yield from _check_section_order(ticket)
    yield from _check_required(ticket)


def _header_span(ticket: Ticket) -> tuple[int, int]:
    # What is absent is reported on the first bar: every ticket has one.
    bar = ticket.lines[0]
    return bar.body_start, bar.body_end


def _check_bars(ticket: Ticket) -> Iterator[GrammarDiagnostic]:
    wanted = ticket.bar_length
    for line in ticket.lines:
        length = len(line.body.strip())
        if line.is_bar and length != wanted:
            message = f"the bar has {length} characters, the ticket's first bar has {wanted}"
            hint = f"make it {wanted} characters of '='"
            yield GrammarDiagnostic("ticket-bar-length", message, hint, line.body_start, line.body_end)
        elif line.is_short_bar:
            message = f"{length} characters of '=' are not a bar, 20 are the least"
            hint = f"make it {wanted} characters of '='"
            yield GrammarDiagnostic("ticket-bar-short", message, hint, line.body_start, line.body_end)


def _check_title(ticket: Ticket, titles: Sequence[Piece]) -> Iterator[GrammarDiagnostic]:
    if not titles or not titles[0].text:
        start, end = _header_span(ticket)
        hint = "write 'TICKET: ' and what is to be done, below the tags"
        yield GrammarDiagnostic("ticket-title-missing", "the ticket has no title", hint, start, end)
    for again in titles[1:]:
        message, hint = (
            "the ticket has a second title",
            "keep one title, start a ticket of its own for the other",
        )
        yield GrammarDiagnostic("ticket-title-repeated", message, hint, again.start, again.end)


def _check_tags(ticket: Ticket) -> Iterator[GrammarDiagnostic]:
    if not ticket.tags or ticket.tags[0].category != "TICKET":
        start, end = (ticket.tags[0].start, ticket.tags[0].end) if ticket.tags else _header_span(ticket)
        message = "the first tag of the ticket is not @TAG:TICKET"
        hint = "put '@TAG:TICKET:short-slug' on the first line below the bar"
        yield GrammarDiagnostic("ticket-tag-first", message, hint, start, end)
    seen: set[tuple[str, str | None]] = set()
    for tag in ticket.tags:
        key = (tag.category, None if tag.category in ("TICKET", "MODIFIED") else tag.value)
        if key in seen:
            message = f"the header has @TAG:{tag.category} twice"
            hint = "keep the one that holds, one ticket has one TICKET tag and one MODIFIED date"
            yield GrammarDiagnostic("ticket-tag-repeated", message, hint, tag.start, tag.end)
        seen.add(key)


def _check_meta(ticket: Ticket) -> Iterator[GrammarDiagnostic]:
    seen: set[str] = set()
    for line in ticket.meta:
        key, value = line.key.text, line.value
        if key in seen:
            message, hint = f"the header key {key!r} stands twice", "keep one line of it"
            yield GrammarDiagnostic("ticket-meta-repeated", message, hint, line.key.start, line.key.end)
        seen.add(key)
        near = None if key in META_KEYS else nearest_name(key.capitalize(), META_KEYS)
        if near is not None:
            message, hint = f"the header key {key!r} is not known", f"did you mean {near!r}?"
            yield GrammarDiagnostic("ticket-meta-key", message, hint, line.key.start, line.key.end)
        if key == "Created" and read_date(value.text) is None:
            message, hint = f"{value.text!r} is not a calendar date", "write 'Created: YYYY-MM-DD'"
            yield GrammarDiagnostic("ticket-meta-date", message, hint, line.key.start, value.end)


def _check_section_names(ticket: Ticket) -> Iterator[GrammarDiagnostic]:
    names = tuple(kind.name for kind in section_kinds(ticket.form))
    seen: set[str] = set()
    for section in ticket.sections:
        at = section.title
        if section.name in seen:
            message, hint = f"the section {section.name} stands twice", "merge the two into the first"
            yield GrammarDiagnostic("ticket-section-repeated", message, hint, at.start, at.end)
        seen.add(section.name)
        near = None if section.known else nearest_name(section.name, names)
        if near is not None or (section.known and not at.text.isupper()):
            message = f"{at.text!r} is not how the section is spelled"
            hint = f"write {near if near is not None else section.name}"
            yield GrammarDiagnostic("ticket-section-name", message, hint, at.start, at.end)
        if not section.text and section.detail is None:
            message, hint = f"the section {section.name} is empty", "say it in a line, or remove the section"
            yield GrammarDiagnostic("ticket-section-empty", message, hint, at.start, at.end)


def _check_section_order(ticket: Ticket) -> Iterator[GrammarDiagnostic]:
    last_order, last_name = 0, ""
    seen: set[str] = set()
    for section in ticket.sections:
        kind = section_kind(section.name, ticket.form)
        if kind is None or kind.order is None or section.name in seen:
            continue
        seen.add(section.name)
        if kind.order < last_order:
            message = f"the section {section.name} comes after {last_name}"
            at, hint = section.title, f"move it above {last_name}"
            yield GrammarDiagnostic("ticket-section-order", message, hint, at.start, at.end)
        else:
            last_order, last_name = kind.order, section.name


def _check_required(ticket: Ticket) -> Iterator[GrammarDiagnostic]:
    present = {section.name for section in ticket.sections}
    start, end = _header_span(ticket)
    for kind in section_kinds(ticket.form):
        if kind.required and kind.name not in present:
            message = f"the section {kind.name} is missing"
            if ticket.form == "full":
                hint = f"add it between two bars: {kind.name}"
            else:
                hint = f"add a line '{kind.name}: ' below the title"
            yield GrammarDiagnostic("ticket-section-missing", message, hint, start, end)

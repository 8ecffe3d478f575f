"""Changes to an existing ticket as text edits: everything they do not name stays byte-equal.

Each function returns edits on the source that the ticket was read from, in order and disjoint; none
when the ticket already says it, so applying one twice changes nothing the second time. Each is proved:
the edited ticket is read again, and TicketEditError says so when it would not say what was asked for.
Offsets are characters. Left out: deciding when a ticket has to change, which edit rule E2 does.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec import Struct

from aifirst_codebase.tickets.comment_lines import CommentLine
from aifirst_codebase.tickets.modification_log import LogEntry, short_entry_lines
from aifirst_codebase.tickets.sections import LOG_TITLE, section_kind
from aifirst_codebase.tickets.ticket import Section, Ticket
from aifirst_codebase.tickets.ticket_parser import parse_ticket


class TextEdit(Struct, frozen=True):
    """Replace `source[start:end]` by `text`."""

    start: int
    end: int
    text: str


class TicketEditError(ValueError):
    """The edit would not be read back as meant; the message names what to correct first."""


def apply_edits(source: str, edits: Iterable[TextEdit]) -> str:
    """`source` with the edits made; they must not overlap, and equal places keep the given order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise ValueError(f"the edits overlap at character {edit.start}: apply them one after the other")
        parts.append(source[at : edit.start])
        parts.append(edit.text)
        at = edit.end
    parts.append(source[at:])
    return "".join(parts)


def set_modified(ticket: Ticket, day: date) -> tuple[TextEdit, ...]:
    """Make `@TAG:MODIFIED` name `day`: the last such tag is replaced, without one a line is added."""
    value = day.isoformat()

    def says(read: Ticket) -> bool:
        return [tag.value for tag in read.tags if tag.category == "MODIFIED"][-1:] == [value]

    if says(ticket):
        return ()
    present = [tag for tag in ticket.tags if tag.category == "MODIFIED"]
    if not present:
        return add_tag(ticket, "MODIFIED", value)
    last = present[-1]
    return _proved(ticket, [TextEdit(last.start, last.end, f"@TAG:MODIFIED:{value}")], says)


def add_tag(ticket: Ticket, category: str, value: str | None = None) -> tuple[TextEdit, ...]:
    """Add a header tag below the last one, unless the header has it."""

    def says(read: Ticket) -> bool:
        return any(tag.category == category and tag.value == value for tag in read.tags)

    if says(ticket):
        return ()
    body = f"@TAG:{category}" + (f":{value}" if value else "")
    after = _line_at(ticket, ticket.tags[-1].start) if ticket.tags else ticket.lines[0]
    return _proved(ticket, [_insert_after(ticket, after, [body])], says)


def set_meta(ticket: Ticket, key: str, value: str) -> tuple[TextEdit, ...]:
    """Make the header line `key` say `value`; a new line goes below the last one, or below the title."""

    def says(read: Ticket) -> bool:
        return [line.value.text for line in read.meta if line.key.text == key][:1] == [value]

    if says(ticket):
        return ()
    for line in ticket.meta:
        if line.key.text == key:
            blank = "" if line.value.start > _colon_end(ticket, line.key.end) else " "
            edit = TextEdit(line.value.start, line.value.end, blank + value)
            return _proved(ticket, [edit], says)
    if ticket.meta:
        after = _line_at(ticket, ticket.meta[-1].key.start)
        return _proved(ticket, [_insert_after(ticket, after, [f"{key}: {value}"])], says)
    if ticket.title is None:
        raise TicketEditError("the ticket has no title: add a 'TICKET: …' line before header lines")
    index = ticket.lines.index(_line_at(ticket, ticket.title.start))
    bar = next((line for line in ticket.lines[index:] if line.is_bar), None)
    new = [f"{key}: {value}", "=" * ticket.bar_length]
    after, bodies = (ticket.lines[index], new[:1]) if bar is None else (bar, new)
    return _proved(ticket, [_insert_after(ticket, after, bodies)], says)


def set_section(ticket: Ticket, name: str, text: str, detail: str = "") -> tuple[TextEdit, ...]:
    """Make the section `name` hold `text` (lines joined by newlines); a missing one is added in its place.

    `detail` is the text beside the heading and is written only for a new section, or for a field of a
    mini-ticket, where it is the field's value.
    """

    def says(read: Ticket) -> bool:
        section = read.section(name)
        if section is None or section.text != text:
            return False
        return read.form == "full" or (section.detail.text if section.detail else "") == detail

    if says(ticket):
        return ()
    section = ticket.section(name)
    if section is None:
        return _proved(ticket, [_add_section(ticket, name, text, detail)], says)
    edits = _set_detail(ticket, section, detail) if ticket.form == "mini" else []
    if section.text != text:
        edits.append(_replace_content(ticket, section, text))
    return _proved(ticket, edits, says)


def add_log_entry(ticket: Ticket, entry: LogEntry) -> tuple[TextEdit, ...]:
    """Add an entry at the end of the modification log, which is begun when there is none.

    An entry that the log already has, field by field, is not added again.
    """

    def says(read: Ticket) -> bool:
        return read.log is not None and any(logged.entry == entry for logged in read.log.entries)

    if says(ticket):
        return ()
    bodies = short_entry_lines(entry)
    if ticket.log is None:
        return _proved(ticket, [_append(ticket, [f"{LOG_TITLE}:", *bodies])], says)
    last = _line_at(ticket, ticket.log.end - 1)
    if not ticket.log.entries:
        following = ticket.lines[ticket.lines.index(last) + 1 :]
        # A title between two bars has its entries below the second one.
        last = following[0] if following and following[0].is_bar else last
    return _proved(ticket, [_insert_after(ticket, last, bodies)], says)


def _proved(
    ticket: Ticket, edits: Sequence[TextEdit], says: Callable[[Ticket], bool]
) -> tuple[TextEdit, ...]:
    """The edits, once the edited ticket has been read again and says what was asked for."""
    shift = ticket.start
    moved = [TextEdit(edit.start - shift, edit.end - shift, edit.text) for edit in edits]
    follower = _comment(ticket.lines[0], "below") if ticket.comment_follows else ""
    again = parse_ticket(apply_edits(ticket.write(), moved) + follower)
    if again is None or again.start != 0 or again.form != ticket.form or not says(again):
        cause = (
            ticket.diagnostics[0].message
            if ticket.diagnostics
            else "its layout or the value has no such form"
        )
        raise TicketEditError(f"the ticket cannot take this edit: {cause}; correct that first")
    return tuple(edits)


def _set_detail(ticket: Ticket, section: Section, detail: str) -> list[TextEdit]:
    if (section.detail.text if section.detail is not None else "") == detail:
        return []
    if section.detail is not None:
        return [TextEdit(section.detail.start, section.detail.end, detail)]
    end = _colon_end(ticket, section.title.end)
    return [TextEdit(end, end, f" {detail}")]


def _replace_content(ticket: Ticket, section: Section, text: str) -> TextEdit:
    bodies = text.split("\n") if text else []
    content = section.content
    inside = [line for line in ticket.lines if content.start <= line.start < content.end]
    if not inside:
        return _insert_after(ticket, _line_at(ticket, content.start - 1), bodies)
    model, last = inside[0], inside[-1]
    new = [_comment(model, body) for body in bodies]
    if last.closes:
        # The `*/` ends the comment and whatever follows it is code, so both stay.
        return TextEdit(content.start, last.body_end, _newline(ticket).join(new))
    ending = _ending(last)
    return TextEdit(content.start, content.end, _newline(ticket).join(new) + ending if new else "")


def _add_section(ticket: Ticket, name: str, text: str, detail: str) -> TextEdit:
    bodies = text.split("\n") if text else []
    before = _section_before(ticket, name)
    if ticket.form == "mini":
        lines = [f"{name}: {detail}".rstrip(), *bodies]
        return _insert_after(ticket, _line_at(ticket, _field_place(ticket, before)), lines)
    bar = "=" * ticket.bar_length
    lines = [bar, f"{name}: {detail}" if detail else name, bar, *bodies]
    after = _place_after(ticket, before) if ticket.sections else ticket.lines[-1]
    return _append(ticket, lines) if after is ticket.lines[-1] else _insert_after(ticket, after, lines)


def _field_place(ticket: Ticket, before: Section | None) -> int:
    if before is not None:
        return before.end - 1
    return ticket.sections[0].start - 1 if ticket.sections else ticket.end - 1


def _append(ticket: Ticket, bodies: Sequence[str]) -> TextEdit:
    # Without a bar below, foreign comment lines that follow directly would be read as part of the ticket.
    closing = ["=" * ticket.bar_length] if ticket.comment_follows else []
    return _insert_after(ticket, ticket.lines[-1], [*bodies, *closing])


def _section_before(ticket: Ticket, name: str) -> Section | None:
    """The section that a new one called `name` goes below; None when it goes first."""
    kind = section_kind(name, ticket.form)
    if kind is None or kind.order is None:
        return ticket.sections[-1] if ticket.sections else None
    before: Section | None = None
    for section in ticket.sections:
        other = section_kind(section.name, ticket.form)
        if other is None or other.order is None or other.order < kind.order:
            before = section
        else:
            break
    return before


def _place_after(ticket: Ticket, before: Section | None) -> CommentLine:
    if before is None:
        return _line_at(ticket, ticket.sections[0].start - 1)
    last = _line_at(ticket, before.end - 1)
    following = list(ticket.lines[ticket.lines.index(last) + 1 :])
    # A bar that a blank line follows closes the section above it; the new one goes below that bar.
    closing = following[:1] and following[0].is_bar and all(line.is_gap for line in following[1:2])
    return following[0] if closing else last


def _line_at(ticket: Ticket, offset: int) -> CommentLine:
    return next(line for line in reversed(ticket.lines) if line.start <= offset)


def _colon_end(ticket: Ticket, offset: int) -> int:
    line = _line_at(ticket, offset)
    return line.body_start + line.body.index(":", offset - line.body_start) + 1


def _newline(ticket: Ticket) -> str:
    return "\r\n" if ticket.lines[0].tail.endswith("\r\n") else "\n"


def _ending(line: CommentLine) -> str:
    return "\r\n" if line.tail.endswith("\r\n") else "\n" if line.tail.endswith("\n") else ""


def _comment(model: CommentLine, body: str) -> str:
    prefix = model.prefix
    opening = prefix.find("/*")
    if opening >= 0:
        prefix = prefix[:opening] + " * "
    marker = prefix.rstrip(" \t")
    return f"{marker} {body}" if body else marker


def _insert_after(ticket: Ticket, line: CommentLine, bodies: Sequence[str]) -> TextEdit:
    newline = _newline(ticket)
    text = "".join(newline + _comment(line, body) for body in bodies)
    # The line's own end follows the new text, so a last line without one stays without one.
    end = line.body_end if line.closes else line.end - len(_ending(line))
    return TextEdit(end, end, text)

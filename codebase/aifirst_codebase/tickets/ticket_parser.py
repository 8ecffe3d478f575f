"""Parses the tickets of a text into `Ticket` values, full and mini form. Never raises on any text.

The lines between two bars are one group; the groups are read in order: tags, title, header keys, then
headings and contents in turn. What does not fit stays in the ticket's lines and becomes a diagnostic.
"""

import re
from collections.abc import Sequence

from msgspec import Struct, structs

from aifirst_codebase.tickets.comment_lines import CommentLine
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic
from aifirst_codebase.tickets.modification_log import BodyLine, ModificationLog, read_log
from aifirst_codebase.tickets.requirements import read_requirements, read_tasks, read_test_names
from aifirst_codebase.tickets.sections import META_KEYS, TicketForm, section_kind
from aifirst_codebase.tickets.tags import Tag, scan_tags
from aifirst_codebase.tickets.ticket import MetaLine, Piece, Section, Ticket
from aifirst_codebase.tickets.ticket_blocks import find_blocks, is_log_title
from aifirst_codebase.tickets.ticket_checks import check_ticket

_TITLE = re.compile(r"[ \t]*TICKET[ \t]*:[ \t]*")
_META = re.compile(r"[ \t]*([A-Za-z][A-Za-z _-]{0,40}?)[ \t]*:[ \t]*")
_HEADING = re.compile(r"[A-Z][A-Z0-9 &/,()'_-]*\Z")
_FIELD = re.compile(r"([A-Z][A-Z &/'_-]*[A-Z])[ \t]*:[ \t]*")


def parse_tickets(text: str) -> tuple[Ticket, ...]:
    """Every ticket of `text` in order, with offsets in characters of `text`."""
    return tuple(_TicketReader(lines).read() for lines in find_blocks(text))


def parse_ticket(text: str) -> Ticket | None:
    """The first ticket of `text`, or None when it has none."""
    tickets = parse_tickets(text)
    return tickets[0] if tickets else None


class _Group(Struct, frozen=True):
    """The lines after the bar at index `bar`, as indices; `closed` when another bar follows them."""

    bar: int
    indices: tuple[int, ...]
    closed: bool


def _groups(lines: Sequence[CommentLine]) -> list[_Group]:
    bars = [index for index, line in enumerate(lines) if line.is_bar]
    stops = [*bars[1:], len(lines)]
    return [
        _Group(bar, tuple(range(bar + 1, stop)), stop < len(lines))
        for bar, stop in zip(bars, stops, strict=True)
    ]


class _TicketReader:
    """Reads one block of lines, group by group."""

    def __init__(self, lines: Sequence[CommentLine]) -> None:
        self.lines = lines
        self.groups = _groups(lines)
        self.stop = len(lines)
        self.form: TicketForm = "full"
        self.tags: list[Tag] = []
        self.titles: list[Piece] = []
        self.meta: list[MetaLine] = []
        self.sections: list[Section] = []
        self.section_lines: list[tuple[int, int]] = []
        self.strays = False
        self.log: ModificationLog | None = None
        self.problems: list[GrammarDiagnostic] = []

    def read(self) -> Ticket:
        at = self._read_header()
        if self.form == "mini":
            self._read_fields(self.groups[at])
            at += 1
            while at < len(self.groups) and self._starts_with_field(self.groups[at]):
                self._unmatched(self.groups[at].bar)
                self._read_fields(self.groups[at])
                at += 1
        self._read_sections(at)
        self._end_section()
        ticket = Ticket(
            form=self.form,
            lines=tuple(self.lines[: self.stop]),
            tags=tuple(self.tags),
            title=self.titles[0] if self.titles else None,
            meta=tuple(self.meta),
            sections=tuple(self.sections),
            log=self.log,
            requirements=(),
            tests=(),
            tasks=(),
            comment_follows=self.stop < len(self.lines),
        )
        return self._with_contents(ticket)

    def _with_contents(self, ticket: Ticket) -> Ticket:
        requirements, id_problems = read_requirements(self._bodies("REQUIREMENTS"))
        tasks, task_problems = read_tasks([body for span in self.section_lines for body in self._span(span)])
        log_problems = () if ticket.log is None else ticket.log.diagnostics
        ticket = structs.replace(
            ticket,
            requirements=requirements,
            tests=read_test_names(self._bodies("TESTING STRATEGY")),
            tasks=tasks,
        )
        found = [*self.problems, *id_problems, *task_problems, *log_problems]
        found.extend(check_ticket(ticket, self.titles))
        found.sort(key=lambda problem: (problem.start, problem.end, problem.code))
        return structs.replace(ticket, diagnostics=tuple(found))

    def _bodies(self, name: str) -> list[BodyLine]:
        bodies: list[BodyLine] = []
        for section, span in zip(self.sections, self.section_lines, strict=True):
            if section.name != name:
                continue
            if section.detail is not None:
                bodies.append(BodyLine(section.detail.text, section.detail.start))
            bodies.extend(self._span(span))
        return bodies

    def _span(self, span: tuple[int, int]) -> list[BodyLine]:
        return [BodyLine(line.body, line.body_start) for line in self.lines[span[0] : span[1]]]

    def _filled(self, group: _Group) -> list[int]:
        return [index for index in group.indices if self.lines[index].body]

    def _problem(self, code: str, message: str, suggestion: str, line: CommentLine) -> None:
        found = GrammarDiagnostic(code, message, suggestion, line.body_start, line.body_end)
        self.problems.append(found)

    def _unmatched(self, index: int) -> None:
        message = "the bar has no partner: a heading stands between two bars"
        hint = "put a bar of the same length above and below the header part or the section heading"
        self._problem("ticket-bar-unmatched", message, hint, self.lines[index])

    # Header

    def _read_header(self) -> int:
        groups = self.groups
        at = 1
        self._read_header_group(groups[0])
        if not self.titles and at < len(groups):
            filled = self._filled(groups[at])
            if filled and _TITLE.match(self.lines[filled[0]].body):
                self._read_header_group(groups[at])
                at += 1
        if at < len(groups) and self._is_meta(groups[at]):
            self._read_header_group(groups[at])
            at += 1
        if not groups[at - 1].closed:
            self._unmatched(groups[at - 1].bar)
        elif self.titles and self._is_mini(at):
            self.form = "mini"
        return at

    def _is_meta(self, group: _Group) -> bool:
        filled = self._filled(group)
        keys = [_META.match(self.lines[index].body) for index in filled]
        if not keys or keys[0] is None or is_log_title(self.lines[filled[0]].body):
            return False
        if section_kind(keys[0][1], "full") is not None:
            return False
        return any(key is not None and key[1] in META_KEYS for key in keys) or all(
            key is not None and not key[1].isupper() for key in keys
        )

    def _is_mini(self, at: int) -> bool:
        if not self._starts_with_field(self.groups[at]):
            return False
        filled = self._filled(self.groups[at])
        later = [index for group in self.groups[at + 1 :] for index in self._filled(group)]
        return len(filled) > 1 or not later or is_log_title(self.lines[later[0]].body)

    def _starts_with_field(self, group: _Group) -> bool:
        filled = self._filled(group)
        first = _FIELD.match(self.lines[filled[0]].body) if filled else None
        return first is not None and section_kind(first[1], "mini") is not None

    def _read_header_group(self, group: _Group) -> None:
        for index in self._filled(group):
            line = self.lines[index]
            title, meta = _TITLE.match(line.body), _META.match(line.body)
            if line.body.lstrip().startswith("@"):
                self._read_tags(line)
            elif title is not None:
                self.titles.append(_piece(line, title.end(), len(line.body)))
            elif meta is not None:
                key = _piece(line, meta.start(1), meta.end(1))
                self.meta.append(MetaLine(key, _piece(line, meta.end(), len(line.body))))
            elif is_log_title(line.body) and self.log is None:
                rest = [later for later in group.indices if later > index]
                self._read_log(index, rest)
                return
            else:
                message = "the header line is no tag, no title and no 'Key: value'"
                hint = "write it as 'Key: value', or move it into a section"
                self._problem("ticket-header-line", message, hint, line)

    def _read_tags(self, line: CommentLine) -> None:
        scan = scan_tags(line.body)
        shift = line.body_start
        for tag in scan.tags:
            self.tags.append(structs.replace(tag, start=tag.start + shift, end=tag.end + shift))
        for found in scan.diagnostics:
            self.problems.append(structs.replace(found, start=found.start + shift, end=found.end + shift))

    # Mini form

    def _read_fields(self, group: _Group) -> None:
        heads: list[tuple[int, re.Match[str]]] = []
        log_at = next((i for i in group.indices if is_log_title(self.lines[i].body)), None)
        indices = [i for i in group.indices if log_at is None or i < log_at]
        for index in indices:
            field = _FIELD.match(self.lines[index].body)
            if field is not None:
                heads.append((index, field))
        stops = [index for index, _ in heads[1:]] + [indices[-1] + 1 if indices else 0]
        for (index, field), stop in zip(heads, stops, strict=True):
            self._add_section(index, field, index, (index + 1, stop))
        if log_at is not None:
            self._read_log(log_at, [i for i in group.indices if i > log_at])
        if not group.closed:
            self._unmatched(group.bar)

    # Sections

    def _add_section(
        self, index: int, heading: re.Match[str] | None, opening: int, span: tuple[int, int]
    ) -> None:
        self._end_section()
        line = self.lines[index]
        first, stop = span
        while stop > first and self.lines[stop - 1].is_gap:
            stop -= 1
        title_end = len(line.body.partition(":")[0].rstrip()) if heading is None else heading.end(1)
        detail_start = _detail_start(line.body, title_end)
        title = _piece(line, len(line.body) - len(line.body.lstrip()), title_end)
        kind = section_kind(title.text, self.form)
        has_detail = detail_start < len(line.body)
        content_start = self.lines[first - 1].end
        content_end = self.lines[stop - 1].end
        raw = "".join(item.text for item in self.lines[first:stop])
        self.sections.append(
            Section(
                name=kind.name if kind is not None else " ".join(title.text.upper().split()),
                title=title,
                detail=_piece(line, detail_start, len(line.body)) if has_detail else None,
                content=Piece(raw, content_start, content_end),
                text=_section_text(self.lines[first:stop]),
                known=kind is not None,
                start=self.lines[opening].start,
                end=content_end,
            )
        )
        self.section_lines.append((first, stop))

    def _read_sections(self, at: int) -> None:
        heading: tuple[int, int] | None = None
        while at < len(self.groups):
            group = self.groups[at]
            at += 1
            if heading is not None:
                self._close_section(heading, group)
                heading = None
                continue
            filled = self._filled(group)
            if not filled:
                continue
            first = self.lines[filled[0]]
            known = section_kind(first.body.partition(":")[0], "full") is not None
            if is_log_title(first.body) and self.log is None:
                at = self._read_log_groups(group, filled[0], at)
            elif len(filled) == 1 and group.closed and (known or _is_heading(first.body)):
                heading = (filled[0], group.bar)
            elif known:
                self._unmatched(group.bar)
                self._add_section(filled[0], None, group.bar, (filled[0] + 1, group.indices[-1] + 1))
            elif group.closed:
                self._unmatched(group.bar)
                self._append_stray(group)
            else:
                self.stop = group.bar + 1
        if heading is not None:
            self._add_section(heading[0], None, heading[1], (heading[0] + 1, heading[0] + 1))

    def _close_section(self, heading: tuple[int, int], group: _Group) -> None:
        indices = group.indices
        log_at = None
        if self.log is None:
            log_at = next((i for i in indices if is_log_title(self.lines[i].body)), None)
        first = group.bar + 1
        stop = indices[-1] + 1 if indices else first
        self._add_section(heading[0], None, heading[1], (first, stop if log_at is None else log_at))
        if log_at is not None:
            self._read_log(log_at, range(log_at + 1, stop))

    def _append_stray(self, group: _Group) -> None:
        if self.sections and group.indices:
            first, _ = self.section_lines[-1]
            self.section_lines[-1] = (first, group.indices[-1] + 1)
            self.strays = True

    def _end_section(self) -> None:
        """Give the last section the stray groups behind it: once, however many there are."""
        if not self.strays:
            return
        self.strays = False
        last, (first, stop) = self.sections[-1], self.section_lines[-1]
        lines = self.lines[first:stop]
        raw = "".join(line.text for line in lines)
        content = Piece(raw, self.lines[first].start, lines[-1].end)
        self.sections[-1] = structs.replace(last, content=content, text=_section_text(lines), end=content.end)

    # Modification log

    def _read_log_groups(self, group: _Group, title: int, at: int) -> int:
        rest = [index for index in group.indices if index > title]
        filled = [index for index in rest if self.lines[index].body]
        if not filled and group.closed and at < len(self.groups):
            self._read_log(title, self.groups[at].indices)
            return at + 1
        self._read_log(title, rest)
        return at

    def _read_log(self, title: int, indices: Sequence[int]) -> None:
        line = self.lines[title]
        bodies = [BodyLine(self.lines[index].body, self.lines[index].body_start) for index in indices]
        self.log = read_log(bodies, line.body_start, line.body_end)


def _piece(line: CommentLine, start: int, end: int) -> Piece:
    return Piece(line.body[start:end], line.body_start + start, line.body_start + end)


def _detail_start(body: str, title_end: int) -> int:
    colon = body.find(":", title_end)
    if colon < 0:
        return len(body)
    rest = body[colon + 1 :]
    return len(body) - len(rest.lstrip())


def _is_heading(body: str) -> bool:
    return _HEADING.match(body.partition(":")[0].strip()) is not None


def _section_text(lines: Sequence[CommentLine]) -> str:
    bodies = [line.body for line in lines if not line.is_bar and not line.is_gap]
    first, stop = 0, len(bodies)
    while first < stop and not bodies[first]:
        first += 1
    while first < stop and not bodies[stop - 1]:
        stop -= 1
    return "\n".join(bodies[first:stop])

"""Tags, tickets, markers, references and assembly lines of a text, by bytes.

The grammars count characters; here every offset is turned once. A text without any of them costs a few searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.reading import Reading

from aifirst_lsp_server.analysis.analysis import (
    FoundAssembly,
    FoundMarker,
    FoundReference,
    FoundRequirement,
    FoundSection,
    FoundTag,
    FoundTicket,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from aifirst_codebase.tickets import AssemblyLine, Ticket

    ToByte = Callable[[int], int]

_MAY_MARK = re.compile(
    rb"\b(?:WHY|STEP|HOW|EDGE|ALTERNATIVE|PERFORMANCE|TODO|FIXME|FORMULA|GUARANTEE|COMPLEXITY|PATTERN|HACK|NOTE)"
)
_MAY_REFER = re.compile(rb"\bN?FR\d|\.[A-Za-z]\w{0,11}:\d|\.(?:md|rst|adoc|spec)\b")


@dataclass
class FoundAnchors:
    """All anchors of a text, each kind in file order."""

    tags: tuple[FoundTag, ...] = ()
    tickets: tuple[FoundTicket, ...] = ()
    markers: tuple[FoundMarker, ...] = ()
    references: tuple[FoundReference, ...] = ()
    assembly_lines: tuple[FoundAssembly, ...] = ()


def find_anchors(reading: Reading) -> FoundAnchors:
    """The anchors of a reading."""
    anchors = Anchors(reading)
    to_byte = reading.lines.byte_offset
    tags: list[FoundTag] = []
    for tag in anchors.tags:
        category, value = tag.target
        start, end = to_byte(tag.start), to_byte(tag.end)
        unit = reading.unit_at(start)
        tags.append(FoundTag(category or tag.category, value or "", tag.role, start, end, unit, tag.alias))
    return FoundAnchors(
        tuple(tags), tuple(_ticket(ticket, to_byte) for ticket in anchors.tickets), _markers(reading),
        _references(reading), tuple(_assembly(line, to_byte) for line in anchors.assembly_lines),
    )  # fmt: skip


def _ticket(ticket: Ticket, to_byte: ToByte) -> FoundTicket:
    return FoundTicket(
        slug=ticket.slug or "", title=ticket.title.text if ticket.title else "", form=ticket.form,
        start=to_byte(ticket.start), end=to_byte(ticket.end),
        meta=tuple(
            (one.key.text, one.value.text, to_byte(one.value.start), to_byte(one.value.end)) for one in ticket.meta
        ),
        sections=tuple(
            FoundSection(
                one.name, to_byte(one.start), to_byte(one.end), to_byte(one.title.start), to_byte(one.title.end),
                to_byte(one.content.start), to_byte(one.content.end), one.text, one.known,
            )
            for one in ticket.sections
        ),
        requirements=tuple(
            FoundRequirement(one.id, one.text, to_byte(one.start), to_byte(one.end)) for one in ticket.requirements
        ),
        tests=tuple((one.name, to_byte(one.start), to_byte(one.end)) for one in ticket.tests),
        tasks=tuple((one.state, one.text, to_byte(one.start), to_byte(one.end)) for one in ticket.tasks),
        log=(to_byte(ticket.log.start), to_byte(ticket.log.end)) if ticket.log is not None else None,
    )  # fmt: skip


def _markers(reading: Reading) -> tuple[FoundMarker, ...]:
    data = reading.data
    if not _MAY_MARK.search(data):
        return ()
    from aifirst_codebase.tickets import find_markers

    found: list[FoundMarker] = []
    for comment in reading.comments:
        if comment.kept or not _MAY_MARK.search(data, comment.start, comment.end):
            continue
        text = data[comment.start : comment.end].decode("utf-8", "replace")
        to_byte = _to_byte_within(text, comment.start)
        found += [
            FoundMarker(
                one.kind, one.number or "", to_byte(one.start), to_byte(one.end), to_byte(one.text_start),
                to_byte(one.text_end), comment.unit, one.well_formed,
            )
            for one in find_markers(text)
        ]  # fmt: skip
    return tuple(found)


def _references(reading: Reading) -> tuple[FoundReference, ...]:
    data = reading.data
    if not _MAY_REFER.search(data):
        return ()
    from aifirst_codebase.tickets import find_references

    stretches = [(c.start, c.end) for c in reading.comments if _MAY_REFER.search(data, c.start, c.end)]
    if reading.language.kind == "prose":
        stretches = [(0, len(data))]
    found: list[FoundReference] = []
    for start, end in stretches:
        text = data[start:end].decode("utf-8", "replace")
        to_byte = _to_byte_within(text, start)
        found += [
            FoundReference(
                one.kind, one.target, to_byte(one.start), to_byte(one.end), one.line or 0, one.end_line or 0,
                one.fragment or "",
            )
            for one in find_references(text)
        ]  # fmt: skip
    return tuple(found)


def _assembly(line: AssemblyLine, to_byte: ToByte) -> FoundAssembly:
    items = tuple((one.name, one.value or "", to_byte(one.start), to_byte(one.end)) for one in line.items)
    return FoundAssembly(
        line.assembly or "",
        line.order if line.order is not None else -1,
        to_byte(line.start),
        to_byte(line.end),
        items,
    )


def _to_byte_within(text: str, at: int) -> ToByte:
    """Bytes of places given in characters of a text that begins at byte `at`."""
    if text.isascii():
        return lambda place: at + place
    return lambda place: at + len(text[:place].encode())

"""Takes the anchors out of one reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.reading import Reading

from aifirst_memory.tags.part import Anchor, TagsPart

_LONGEST_TEXT = 160
_MAY_MARK = re.compile(
    rb"\b(?:WHY|STEP|HOW|EDGE|ALTERNATIVE|PERFORMANCE|TODO|FIXME|FORMULA|GUARANTEE|COMPLEXITY|PATTERN|HACK|NOTE)"
)
"""Words that markers begin with, in capitals as they are written: other comments are not searched."""


def extract_tags(reading: Reading) -> TagsPart:
    """The anchors of a file; most files have none, and cost three searches."""
    anchors = Anchors(reading)
    found = [*_tickets(anchors), *_tags(anchors), *_assembly(anchors), *_markers(reading)]
    return TagsPart(tuple(sorted(found, key=lambda a: (a.line, a.kind, a.category, a.value))))


def _tags(anchors: Anchors) -> Iterator[Anchor]:
    for tag in anchors.tags:
        category, value = tag.target
        line, unit = _place(anchors, tag.start)
        yield Anchor("tag", category or tag.category, value or "", tag.role, "", line, unit)


def _tickets(anchors: Anchors) -> Iterator[Anchor]:
    for ticket in anchors.tickets:
        line, unit = _place(anchors, ticket.start)
        title = ticket.title.text if ticket.title is not None else ""
        yield Anchor("ticket", "TICKET", ticket.slug or "", "definition", title[:_LONGEST_TEXT], line, unit)


def _assembly(anchors: Anchors) -> Iterator[Anchor]:
    units = anchors.reading.units
    for found in anchors.assembly_lines:
        if found.assembly is not None:
            line, unit = _place(anchors, found.start)
            yield Anchor("assembly", "ASSEMBLY", found.assembly, "label", units[unit].name, line, unit)


def _markers(reading: Reading) -> Iterator[Anchor]:
    data = reading.data
    marked = [c for c in reading.comments if not c.kept and _MAY_MARK.search(data, c.start, c.end)]
    if not marked:
        return
    from aifirst_codebase.tickets import find_markers

    for comment in marked:
        text = data[comment.start : comment.end].decode()
        line = reading.lines.line_of(comment.start) + 1
        for marker in find_markers(text):
            if text[marker.start].isupper():
                at = line + text.count("\n", 0, marker.start)
                yield Anchor("marker", marker.kind, "", "label", "", at, comment.unit)


def _place(anchors: Anchors, start: int) -> tuple[int, int]:
    """The line, from 1, and the unit's index of a place given in characters."""
    byte, _ = anchors.to_bytes(start, start)
    return anchors.reading.lines.line_of(byte) + 1, anchors.reading.unit_at(byte)

"""What people declare: tags and tickets, headings and glossaries, and what conflicts with what.

Most files have none of it; they cost a search for a literal each. A statement counts for what it says when
both of its ends turn out to be concepts of the project, so ordinary sentences do no harm.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.reading import Reading

from aifirst_memory.concepts.part import (
    CONFLICTS_WITH,
    DOCUMENTS,
    GLOSSARY,
    GLUE,
    HEADING,
    LABEL,
    PART_OF,
    RELATED_TO,
    TAG,
    TICKET,
)
from aifirst_memory.concepts.terms import HEADINGS, as_concept, split_name

_STATES: Final = frozenset({"MODIFIED", "AUTO-GENERATED", "REGRESSION-TESTING", "GLOBAL-PROJECT", "RELATED"})
_HIERARCHY: Final = ("FEATURE", "COMPONENT", "FUNCTION")
"""The wider first: what is defined beside it in a file is a part of it."""
_MOST_HEADING_WORDS = 4

_GLOSSARY_PLACE = re.compile(
    r"\b(?:glossary|terms?|terminology|vocabulary|definitions|concepts|dictionary)\b", re.I
)
_BOLD = re.compile(
    r"^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)([^*_\n]{2,60}?):?(?:\*\*|__)[ \t]*(?:\([^)\n]*\)[ \t]*)?[:—–-]", re.M
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n#]+)", re.M)
_TABLE = re.compile(
    r"^[ \t]*\|[ \t*]*(?:Terms?|Concept|Word|Notion)[ \t*]*\|[^\n]*\n[ \t]*\|[ \t:|-]+\n((?:[ \t]*\|[^\n]*(?:\n|\Z))+)",
    re.M | re.I,
)
_CELL = re.compile(r"^[ \t]*\|[ \t]*([^|\n]+?)[ \t]*\|", re.M)
_CODE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1|\Z)", re.M | re.S)

_MAY_CONFLICT = re.compile(rb"conflicts? with|replaces|supersedes|instead of|contradicts")
_TERM = r"(?:[`*_\"]{0,2})((?:@TAG:[A-Z-]+:)?[A-Za-z][\w-]*(?:[ ][A-Za-z][\w-]*){0,3}?)(?:[`*_\"]{0,2})"
_LEAD = r"^[ \t>#/*-]*(?:\|[ \t]*)?(?:The[ ]|An?[ ])?"
_CONFLICT = re.compile(
    rf"{_LEAD}{_TERM}[ ](?:conflicts?[ ]with|replaces|supersedes|contradicts)[ ]"
    rf"(?:the[ ]|an?[ ])?{_TERM}[ \t]*(?:[.,;:(]|$)",
    re.M,
)
_INSTEAD = re.compile(
    rf"\b[Uu]sed?[ ](?:the[ ]|an?[ ])?{_TERM}[ ]instead[ ]of[ ]"
    rf"(?:the[ ]|an?[ ])?{_TERM}[ \t]*(?:[.,;:(]|$)",
    re.M,
)

Counts = dict[tuple[str, int, int], int]
Links = dict[tuple[str, int, str], int]


def find_declared(reading: Reading, counts: Counts, links: Links) -> None:
    """Add what a file declares to the counts of (concept, unit, role) and the lines of links."""
    data = reading.data
    tickets = b"TICKET" in data
    if b"@TAG:" in data or tickets:
        anchors = Anchors(reading)
        _add_tags(anchors, counts, links)
        tickets = bool(anchors.tickets)
    prose = reading.language.kind == "prose"
    if prose:
        _add_prose(reading, counts)
    if (prose or tickets) and _MAY_CONFLICT.search(data):
        _add_conflicts(reading, links)


def _add_tags(anchors: Anchors, counts: Counts, links: Links) -> None:
    reading = anchors.reading
    wider: dict[str, str] = {}
    waiting: list[tuple[str, str, int]] = []
    first, ticket = "", ""
    for tag in anchors.tags:
        category, value = tag.target
        concept = as_concept(value.rpartition("::")[2]) if value else ""
        if not concept or (tag.category in _STATES and tag.category != "RELATED"):
            continue
        byte, _ = anchors.to_bytes(tag.start, tag.start)
        unit, line = reading.unit_at(byte), reading.lines.line_of(byte) + 1
        if tag.category == "RELATED" or tag.role == "reference":
            _count(counts, concept, unit, GLUE)
            relation = RELATED_TO if tag.category == "RELATED" else DOCUMENTS
            if tag.category in {"RELATED", "SPEC"}:
                waiting.append((concept, "RELATED" if relation == RELATED_TO else "SPEC", line))
            continue
        role = TICKET if category == "TICKET" else TAG if tag.unique else LABEL
        _count(counts, concept, unit, role)
        if category == "TICKET":
            ticket = concept
            continue
        first = first or concept
        _place(concept, category or "", wider, links, line)
        if ticket and ticket != concept:
            links.setdefault((ticket, DOCUMENTS, concept), line)
    subject = first or ticket
    for concept, how, line in waiting:
        if subject and concept != subject:
            key = (subject, RELATED_TO, concept) if how == "RELATED" else (concept, DOCUMENTS, subject)
            links.setdefault(key, line)


def _place(concept: str, category: str, wider: dict[str, str], links: Links, line: int) -> None:
    """Link a concept of the hierarchy to the nearest wider one before it."""
    if category not in _HIERARCHY:
        return
    rank = _HIERARCHY.index(category)
    for above in reversed(_HIERARCHY[:rank]):
        if above in wider:
            if wider[above] != concept:
                links.setdefault((concept, PART_OF, wider[above]), line)
            break
    wider[category] = concept
    for below in _HIERARCHY[rank + 1 :]:
        wider.pop(below, None)


def _add_prose(reading: Reading, counts: Counts) -> None:
    text = reading.text
    hidden = [match.span() for match in _CODE.finditer(text)] if "```" in text or "~~~" in text else []
    places: list[tuple[int, bool]] = [(0, bool(_GLOSSARY_PLACE.search(reading.path.rpartition("/")[2])))]
    for match in _HEADING.finditer(text):
        if _inside(match.start(), hidden):
            continue
        title = match[1].strip()
        places.append((match.start(), bool(_GLOSSARY_PLACE.search(title)) or places[0][1]))
        concept = as_concept(title) if title.isascii() or len(title) <= 40 else ""
        words = split_name(title)
        if concept and len(words) <= _MOST_HEADING_WORDS and words[0] not in HEADINGS:
            _count(counts, concept, _unit(reading, match.start()), HEADING)
    if "**" in text or "__" in text:
        for match in _BOLD.finditer(text):
            if _declares(match.start(), places) and not _inside(match.start(), hidden):
                _add_term(match[1], _unit(reading, match.start()), counts)
    if "|" in text:
        for table in _TABLE.finditer(text):
            if not _inside(table.start(), hidden):
                for cell in _CELL.finditer(text, table.start(1), table.end(1)):
                    _add_term(cell[1].strip("*_` "), _unit(reading, cell.start()), counts)


def _add_term(text: str, unit: int, counts: Counts) -> None:
    concept = as_concept(text)
    if concept and len(concept.split(" ")) <= _MOST_HEADING_WORDS:
        _count(counts, concept, unit, GLOSSARY)


def _declares(at: int, places: list[tuple[int, bool]]) -> bool:
    """Whether the nearest heading above is that of a glossary."""
    return places[bisect_right(places, (at, True)) - 1][1]


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (at, 1 << 62)) - 1
    return index >= 0 and at < spans[index][1]


def _unit(reading: Reading, character: int) -> int:
    return reading.unit_at(reading.lines.byte_offset(character))


def _count(counts: Counts, concept: str, unit: int, role: int) -> None:
    key = concept, unit, role
    counts[key] = counts.get(key, 0) + 1


def _add_conflicts(reading: Reading, links: Links) -> None:
    lines = reading.lines
    for pattern in (_CONFLICT, _INSTEAD):
        for match in pattern.finditer(reading.text):
            subject, target = (as_concept(_tagged(side)) for side in match.groups())
            if subject and target and subject != target:
                line = lines.line_of(lines.byte_offset(match.start(1))) + 1
                links.setdefault((subject, CONFLICTS_WITH, target), line)


def _tagged(side: str) -> str:
    return side.rpartition(":")[2]

"""What people declare: tags and tickets, headings and glossaries, and what conflicts with what.

Most files have none of it; they cost a search for a literal each. A statement counts for what it says when
both of its ends turn out to be concepts of the project, so ordinary sentences do no harm.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.reading import Reading

from aifirst_memory.concepts.declared_tags import Counts, Links, add_tags
from aifirst_memory.concepts.part import CONFLICTS_WITH, GLOSSARY, HEADING
from aifirst_memory.concepts.terms import HEADINGS, as_concept, split_name

_MOST_WORDS = 4

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


def find_declared(reading: Reading, counts: Counts, links: Links) -> None:
    """Add what a file declares to the counts of (concept, unit, role) and the lines of links."""
    data = reading.data
    tickets = b"TICKET" in data
    if b"@TAG:" in data or tickets:
        anchors = Anchors(reading)
        add_tags(anchors, counts, links)
        tickets = bool(anchors.tickets)
    prose = reading.language.kind == "prose"
    if prose:
        _add_prose(reading, counts)
    if (prose or tickets) and _MAY_CONFLICT.search(data):
        _add_conflicts(reading, links)


def _add_prose(reading: Reading, counts: Counts) -> None:
    text = reading.text
    hidden = [match.span() for match in _CODE.finditer(text)] if "```" in text or "~~~" in text else []
    places = _add_headings(reading, hidden, counts)
    if "**" in text or "__" in text:
        for match in _BOLD.finditer(text):
            if _declares(match.start(), places) and not _inside(match.start(), hidden):
                _add_term(match[1], _unit(reading, match.start()), counts)
    tables = _TABLE.finditer(text) if "|" in text else ()
    for table in tables:
        if not _inside(table.start(), hidden):
            for cell in _CELL.finditer(text, table.start(1), table.end(1)):
                _add_term(cell[1].strip("*_` "), _unit(reading, cell.start()), counts)


def _add_headings(reading: Reading, hidden: list[tuple[int, int]], counts: Counts) -> list[tuple[int, bool]]:
    """Add the concepts of headings; where each stands, and whether a glossary begins there."""
    glossary = bool(_GLOSSARY_PLACE.search(reading.path.rpartition("/")[2]))
    places = [(0, glossary)]
    for match in _HEADING.finditer(reading.text):
        if _inside(match.start(), hidden):
            continue
        title = match[1].strip()
        places.append((match.start(), glossary or bool(_GLOSSARY_PLACE.search(title))))
        words = split_name(title)
        concept = (
            as_concept(title) if words and len(words) <= _MOST_WORDS and words[0] not in HEADINGS else ""
        )
        if concept:
            _count(counts, concept, _unit(reading, match.start()), HEADING)
    return places


def _add_term(text: str, unit: int, counts: Counts) -> None:
    concept = as_concept(text)
    if concept and len(concept.split(" ")) <= _MOST_WORDS:
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

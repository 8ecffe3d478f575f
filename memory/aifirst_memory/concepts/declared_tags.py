"""What tags and tickets declare: concepts in their hierarchy, what documents them, what they relate to."""

from __future__ import annotations

from typing import Final

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.tickets.tags import Tag

from aifirst_memory.concepts.part import DOCUMENTS, GLUE, LABEL, PART_OF, RELATED_TO, TAG, TICKET
from aifirst_memory.concepts.terms import as_concept

_STATES: Final = frozenset({"MODIFIED", "AUTO-GENERATED", "REGRESSION-TESTING", "GLOBAL-PROJECT"})
_HIERARCHY: Final = ("FEATURE", "COMPONENT", "FUNCTION")
"""The wider first: what is defined after it in a file is a part of it."""

Counts = dict[tuple[str, int, int], int]
Links = dict[tuple[str, int, str], int]


def add_tags(anchors: Anchors, counts: Counts, links: Links) -> None:
    """Add the concepts that the tags of a file name, and the links between them."""
    walk = _TagWalk(counts, links)
    lines = anchors.reading.lines
    for tag in anchors.tags:
        value = tag.target[1]
        concept = as_concept(value.rpartition("::")[2]) if value else ""
        if concept and tag.category not in _STATES:
            byte, _ = anchors.to_bytes(tag.start, tag.start)
            walk.take(tag, concept, anchors.reading.unit_at(byte), lines.line_of(byte) + 1)
    walk.end()


class _TagWalk:
    """What the tags before the present one have said."""

    def __init__(self, counts: Counts, links: Links) -> None:
        self._counts, self._links = counts, links
        self._wider: dict[str, str] = {}
        self._referred: list[tuple[str, bool, int]] = []
        self._subject = self._ticket = ""

    def take(self, tag: Tag, concept: str, unit: int, line: int) -> None:
        """The next tag, in the order of the file."""
        related = tag.category == "RELATED"
        if related or tag.role == "reference":
            self._count(concept, unit, GLUE)
            if related or tag.category == "SPEC":
                self._referred.append((concept, related, line))
        elif tag.category == "TICKET":
            self._count(concept, unit, TICKET)
            self._ticket = concept
        else:
            self._count(concept, unit, TAG if tag.unique else LABEL)
            self._subject = self._subject or concept
            self._place(concept, tag.category, line)
            self._link(self._ticket, DOCUMENTS, concept, line)

    def end(self) -> None:
        """Link what was referred to with what the file is about, which may be said below it."""
        subject = self._subject or self._ticket
        for concept, related, line in self._referred:
            if related:
                self._link(subject, RELATED_TO, concept, line)
            else:
                self._link(concept, DOCUMENTS, subject, line)

    def _place(self, concept: str, category: str, line: int) -> None:
        """Link a concept of the hierarchy to the nearest wider one before it."""
        if category not in _HIERARCHY:
            return
        rank = _HIERARCHY.index(category)
        above = [self._wider[name] for name in _HIERARCHY[:rank] if name in self._wider]
        if above:
            self._link(concept, PART_OF, above[-1], line)
        self._wider[category] = concept
        for below in _HIERARCHY[rank + 1 :]:
            self._wider.pop(below, None)

    def _link(self, subject: str, relation: int, target: str, line: int) -> None:
        if subject and target and subject != target:
            self._links.setdefault((subject, relation, target), line)

    def _count(self, concept: str, unit: int, role: int) -> None:
        key = concept, unit, role
        self._counts[key] = self._counts.get(key, 0) + 1

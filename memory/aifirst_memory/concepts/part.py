"""What one file says of the concepts of its domain.

A concept is written as its words in lower case, the last one in the singular: `order serializer`.
"""

from __future__ import annotations

from typing import Final

import msgspec

ROLES: Final = (
    "tag", "label", "ticket", "glossary", "class", "heading", "folder", "file", "test", "name", "part", "glue",
)  # fmt: skip
"""How a unit speaks of a concept, the strongest first.

`tag`: a tag whose category names one place only; `label`: any other tag that defines; `ticket`: a ticket's
slug; `glossary`: a definition in prose; `class`: the class of that name; `heading`, `folder`, `file`: the name
of the section, folder or file; `test`: the name of what tests it; `name`: two words beside each other in names
of several units; `part`: a word of a class name; `glue`: in comments, or a tag that refers.
"""
TAG, LABEL, TICKET, GLOSSARY, CLASS, HEADING, FOLDER, FILE, TEST, NAME, PART, GLUE = range(len(ROLES))

RELATIONS: Final = ("is-a", "part-of", "related-to", "conflicts-with", "documents")
"""How two concepts relate, as a file says it. `implements` is between a unit and a concept: see `queries`."""
IS_A, PART_OF, RELATED_TO, CONFLICTS_WITH, DOCUMENTS = range(len(RELATIONS))


class ConceptMention(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A unit speaks of a concept. `unit` is an index into the file's units, `role` one into `ROLES`."""

    concept: str
    unit: int
    role: int
    count: int


class ConceptLink(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A file says how two concepts relate, on `line`. `relation` is an index into `RELATIONS`."""

    subject: str
    relation: int
    target: str
    line: int


class ConceptsPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Mentions by concept, unit and role, and links by subject, relation and target; each once."""

    mentions: tuple[ConceptMention, ...] = ()
    links: tuple[ConceptLink, ...] = ()

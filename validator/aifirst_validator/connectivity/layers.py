"""The layers of a file that terms carry through: its ticket, its glue (comments and docstrings), its code.

Glue is kept in blocks, each with the place it stands at, because a comment speaks of the code beside it.
The specification is not in the file; its text comes from the caller (`text_layer`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading
from aifirst_codebase.tickets import Ticket

from aifirst_validator.connectivity.terms import (
    WORD,
    compound_names,
    mostly_english,
    sum_terms,
    terms_of,
)
from aifirst_validator.file_context import FileContext

_TAG = re.compile(rb"@TAG:[A-Z0-9-]*")


@dataclass(frozen=True)
class Layer:
    """A text as counted terms. `names` are the identifiers it spells out; `english` says that it can be
    compared with code at all; `words` are its words as written."""

    terms: Counter[str]
    names: frozenset[bytes]
    english: bool = True
    words: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class GlueBlock:
    """Comments that stand together, or one docstring: bytes [start, end), and the unit they belong to."""

    start: int
    end: int
    unit: int
    docstring: bool
    terms: Counter[str]


@dataclass(frozen=True)
class CodeLayer(Layer):
    """The code of a file. `blank` is its text with every comment blanked out, offsets unchanged."""

    blank: bytes = b""
    reading: Reading | None = None

    @cached_property
    def of_unit(self) -> list[frozenset[str]]:
        """The terms of each unit with everything nested in it; the module's own are left empty."""
        units = self.reading.units if self.reading is not None else []
        whole = [set(terms) for terms in self.own_terms]
        for index in range(len(units) - 1, 0, -1):
            parent = units[index].parent
            if parent > 0:
                whole[parent] |= whole[index]
        return [frozenset(terms) for terms in whole]

    @cached_property
    def own_terms(self) -> list[frozenset[str]]:
        """The terms of each unit by itself."""
        units = self.reading.units if self.reading is not None else []
        found: list[frozenset[str]] = []
        for unit in units:
            words: set[bytes] = set()
            for start, end in unit.spans:
                words.update(WORD.findall(self.blank, start, end))
            found.append(frozenset(term for word in words for term in terms_of(word)))
        return found

    @cached_property
    def units_with(self) -> Counter[str]:
        """In how many units each term occurs."""
        return Counter(term for terms in self.own_terms for term in terms)

    def near(self, start: int, end: int) -> frozenset[str]:
        """The terms of the code in bytes [start, end)."""
        words = set(WORD.findall(self.blank, max(start, 0), end))
        return frozenset(term for word in words for term in terms_of(word))


@dataclass(frozen=True)
class FileLayers:
    """The layers of one file; `ticket` is None where it has none, `ticket_span` its bytes in the file."""

    ticket: Layer | None
    glue: Layer
    code: CodeLayer
    blocks: tuple[GlueBlock, ...]
    ticket_span: tuple[int, int] = (0, 0)


def split_layers(file: FileContext, *, ticket_text: str | None = None) -> FileLayers:
    """The layers of a file. `ticket_text` stands in for the ticket in the file."""
    reading = file.reading
    spans = [file.to_bytes(ticket.start, ticket.end) for ticket in file.tickets]
    blocks: list[GlueBlock] = []
    words: Counter[bytes] = Counter()
    texts: list[bytes] = []
    for comments in _group(reading, spans):
        first, last = comments[0], comments[-1]
        text = reading.data[first.start : last.end]
        counted = Counter(WORD.findall(_TAG.sub(b"", text) if b"@TAG:" in text else text))
        words.update(counted)
        texts.append(text)
        docstring = first.kind == "docstring"
        blocks.append(GlueBlock(first.start, last.end, first.unit, docstring, sum_terms(counted)))
    ticket = None
    if ticket_text is not None:
        ticket = text_layer(ticket_text)
    elif file.tickets:
        ticket = text_layer("\n".join(ticket_prose(each) for each in file.tickets))
    glue = layer_of(words, b"\n".join(texts))
    return FileLayers(ticket, glue, _code(reading), tuple(blocks), spans[0] if spans else (0, 0))


def text_layer(text: str) -> Layer:
    """A text that stands by itself, such as a specification."""
    data = text.encode()
    return layer_of(Counter(WORD.findall(data)), data)


def ticket_prose(ticket: Ticket) -> str:
    """What a ticket says, without bars, headings, header keys and log: title, feature tags, sections."""
    parts = [ticket.title.text] if ticket.title is not None else []
    parts += [tag.value for tag in ticket.tags if tag.value and tag.category in {"FEATURE", "COMPONENT"}]
    for section in ticket.sections:
        if section.detail is not None:
            parts.append(section.detail.text)
        parts.append(section.text)
    return "\n".join(parts)


def layer_of(words: Counter[bytes], text: bytes) -> Layer:
    """The layer of counted words, given with their text."""
    return Layer(sum_terms(words), compound_names(words), mostly_english(words, text), tuple(words))


def _group(reading: Reading, spans: Sequence[tuple[int, int]]) -> list[list[Comment]]:
    """Comments on neighbouring lines of one unit together; tickets (in order) and what is no glue left out."""
    data = reading.data
    groups: list[list[Comment]] = []
    starts = [start for start, _ in spans]
    for comment in reading.comments:
        ticket = bisect_right(starts, comment.start) - 1
        if comment.kept or (ticket >= 0 and comment.start < spans[ticket][1]):
            continue
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and comment.kind == last.kind == "comment"
            and comment.own_line
            and groups[-1][0].own_line
            and last.unit == comment.unit
            and not data[last.end : comment.start].strip()
        ):
            groups[-1].append(comment)
        else:
            groups.append([comment])
    return groups


def _code(reading: Reading) -> CodeLayer:
    blank = bytearray(reading.data)
    for comment in reading.comments:
        if comment.kept != "published":
            blank[comment.start : comment.end] = b" " * (comment.end - comment.start)
    text = bytes(blank)
    words = Counter(WORD.findall(text))
    return CodeLayer(sum_terms(words), compound_names(words), True, (), text, reading)

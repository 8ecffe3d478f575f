"""The texts of a reading that get vectors of their own: what a model reads of a unit, of its glue, of a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.reading import Reading
from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_memory.vectors.part import GLUE, TICKET, UNIT

_LONGEST = 4000
"""Characters of a text that a model gets to read; more than most of them look at."""
_LEAST_GLUE = 24
"""Bytes of glue from which it may say enough for a vector of its own."""


class Passage(NamedTuple):
    """A text, the index of its unit, and what it is of it."""

    unit: int
    kind: int
    text: str


def unit_passages(reading: Reading) -> Iterator[Passage]:
    """Every unit as its path and name, its glue and its code, then its glue alone; the glue first because models read the
    beginning only.
    """
    glues = [b""] * len(reading.units)
    for span in reading.glue:
        glues[span.unit] += reading.data[span.start : span.end]
    for index, unit in enumerate(reading.units):
        code = b"".join(reading.data[start:end] for start, end in unit.spans)
        if not code.strip():
            continue
        name = f"{reading.path} {unit.name}"
        yield Passage(index, UNIT, f"{name}\n{_text(glues[index])}\n{_text(code)}"[:_LONGEST])
        if len(glues[index]) >= _LEAST_GLUE:
            yield Passage(index, GLUE, _text(glues[index]))


def ticket_passages(reading: Reading) -> list[Passage]:
    """Every ticket of the file."""
    if b"TICKET" not in reading.data:
        return []
    anchors = Anchors(reading)
    return [
        Passage(
            reading.unit_at(anchors.to_bytes(ticket.start, ticket.start)[0]), TICKET,
            mask_secrets("\n".join(line.body for line in ticket.lines)[:_LONGEST]),
        )
        for ticket in anchors.tickets
    ]  # fmt: skip


def _text(data: bytes) -> str:
    """Decoded, with secrets masked: a server may read it."""
    return mask_secrets(data.decode("utf-8", "replace").strip()[:_LONGEST])

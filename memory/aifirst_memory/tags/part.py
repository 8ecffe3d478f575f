"""What one file says at level 2: its tags, tickets, markers and assembly lines."""

from __future__ import annotations

import msgspec


class Anchor(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One anchor, on `line` (from 1), in the unit of that index.

    `kind` is `tag`, `ticket`, `marker` or `assembly`. A tag has category, value and role; a ticket the category
    `TICKET`, its slug as value and its title as text; a marker its word as category; an assembly line the name
    of its pipeline as value and the function it stands above as text.
    """

    kind: str
    category: str
    value: str
    role: str
    text: str
    line: int
    unit: int


class TagsPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """All anchors of a file, in file order."""

    anchors: tuple[Anchor, ...] = ()

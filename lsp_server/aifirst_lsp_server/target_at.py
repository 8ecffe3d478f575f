"""What stands at a position: a tag, a requirement, a ticket's name, or a name of the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.analysis.analysis import FoundUnit
    from aifirst_lsp_server.state import Snapshot

_WORD: Final = re.compile(rb"[\w$\x80-\xff]+")


class Target(msgspec.Struct, frozen=True):
    """What stands at [start, end): a tag has category and value, a requirement its id, code its word.

    `unit` is the one around it; `defines` says that the word is that unit's own name.
    """

    kind: Literal["tag", "requirement", "name"]
    start: int
    end: int
    value: str
    category: str = ""
    unit: FoundUnit | None = None
    defines: bool = False


def target_at(snapshot: Snapshot, byte: int) -> Target | None:
    """The smallest thing at a byte; None between words."""
    analysis = snapshot.analysis
    for tag in analysis.tags:
        if tag.start <= byte <= tag.end:
            return Target("tag", tag.start, tag.end, tag.value, tag.category)
    for reference in analysis.references:
        if reference.kind == "requirement" and reference.start <= byte <= reference.end:
            return Target("requirement", reference.start, reference.end, reference.target)
    for ticket in analysis.tickets:
        for one in ticket.requirements:
            if one.start <= byte <= one.end:
                return Target("requirement", one.start, one.end, one.id)
    unit = snapshot.unit_at(byte)
    data, line = snapshot.data, snapshot.lines.line_of(byte)
    for word in _WORD.finditer(data, snapshot.lines.line_start(line), snapshot.lines.line_end(line)):
        if word.start() <= byte <= word.end():
            defines = unit is not None and unit.name_start <= byte <= unit.name_end and bool(unit.name)
            text = word.group().decode("utf-8", "replace")
            return Target("name", word.start(), word.end(), text, unit=unit, defines=defines)
    return None


def tag_value_place(target: Target) -> tuple[int, int]:
    """Where the value of a tag stands within it."""
    size = len(target.value.encode())
    return max(target.start, target.end - size), target.end


def place_on_line(snapshot: Snapshot, path: str, line: int) -> str:
    """What a position's line is in, as ids have it: `path::Unit.name`, the file's path outside of all units."""
    unit = snapshot.unit_at(snapshot.lines.line_end(line))
    return f"{path}::{unit.name}" if unit is not None and unit.name else path

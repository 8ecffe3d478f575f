"""Templates: the meanings of maps with holes, and texts in which they are filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.notation.document import Entry

HOLES = "¹²³⁴⁵⁶⁷⁸⁹"
OPEN, CLOSE = "«", "»"

_HOLE = re.compile(f"([{HOLES}])")
_VALUE = re.compile(rf"([A-Za-z0-9_$]+) ?|{OPEN}([^{CLOSE}]*){CLOSE}|([^\x00-\x7f{OPEN}])")


class Template(NamedTuple):
    """Text and numbers of holes in turn, beginning and ending with text; how many values it takes."""

    parts: tuple[str | int, ...]
    holes: int


def read_templates(entries: Iterable[Entry]) -> dict[str, Template]:
    """The templates by their sigils. Raises AicclError for a meaning without a name."""
    templates: dict[str, Template] = {}
    for symbol, meaning, _ in entries:
        name, equals, text = meaning.partition("=")
        if not name or not equals:
            raise AicclError(
                f"the template of {symbol} has no name", "write `SIGIL NAME=TEXT`, without the space"
            )
        parts = tuple(
            HOLES.index(part) if index % 2 else part for index, part in enumerate(_HOLE.split(text))
        )
        holes = max((part for part in parts if isinstance(part, int)), default=-1) + 1
        templates[symbol] = Template(parts, holes)
    return templates


def fill_templates(text: str, templates: Mapping[str, Template], limit: int) -> str:
    """The text with its templates filled in, of at most `limit` characters."""
    sigils = re.compile("[" + "".join(map(re.escape, templates)) + "]")
    filled: list[str] = []
    at = made = 0
    while found := sigils.search(text, at):
        template = templates[found[0]]
        values, behind = _values(text, found, template.holes)
        parts = [part if isinstance(part, str) else values[part] for part in template.parts]
        made += found.start() - at + sum(map(len, parts))
        if made > limit:
            raise AicclError("the document expands to more than is allowed", "check where it comes from")
        filled += (text[at : found.start()], *parts)
        at = behind
    return "".join((*filled, text[at:]))


def _values(text: str, sigil: re.Match[str], holes: int) -> tuple[list[str], int]:
    """What stands in the holes, and where the text goes on."""
    values: list[str] = []
    at = sigil.end()
    for _ in range(holes):
        found = _VALUE.match(text, at)
        if found is None:
            raise AicclError(
                f"{sigil[0]} takes {holes} values and has {len(values)}",
                f"write the missing ones in {OPEN}{CLOSE}",
            )
        values.append(next(value for value in found.groups() if value is not None))
        at = found.end()
    return values, at

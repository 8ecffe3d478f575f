"""A pattern: a template with holes, and where it is found with which values."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Instance(NamedTuple):
    """A unit that is the template with these values; `start` and `end` are offsets in the text of file `file`."""

    file: int
    name: str
    start: int
    end: int
    values: tuple[str, ...]


class Pattern(msgspec.Struct, frozen=True):
    """A template: text, and numbers of holes from 0, in turn as they stand. `name` is of the vocabulary, `id` has what
    tells it from others of that name."""

    id: str
    name: str
    template: tuple[str | int, ...]
    holes: int
    instances: tuple[Instance, ...]

    def filled(self, values: tuple[str, ...]) -> str:
        """The template with values in its holes."""
        return "".join(part if isinstance(part, str) else values[part] for part in self.template)

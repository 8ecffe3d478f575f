"""An AICCL document as data: maps, code, diagrams and the prose between them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Entry(NamedTuple):
    """What a symbol stands for. A `literal` meaning is one character that is no sigil, whatever maps say of it."""

    symbol: str
    meaning: str
    literal: bool = False


class Use(NamedTuple):
    """A map that is used, and the version it must have; any where that is empty."""

    name: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name


class Map(msgspec.Struct, frozen=True):
    """A map from symbols to meanings. In an `exact` one every symbol is one character from U+0080 on.

    A `joined` one is exact, with nothing between its entries. The meanings of one with `holes` are templates.
    """

    entries: tuple[Entry, ...]
    name: str = ""
    uses: tuple[Use, ...] = ()
    exact: bool = False
    version: str = ""
    joined: bool = False
    holes: bool = False


class Code(msgspec.Struct, frozen=True):
    """A block of code with its symbols not expanded. `crlf`: every line of the expanded text ends in CR LF.

    `file`: its `id` is a path in which symbols stand, too, and it ends where the next tag begins.
    """

    text: str
    id: str = ""
    uses: tuple[Use, ...] = ()
    crlf: bool = False
    file: bool = False


class Mermaid(msgspec.Struct, frozen=True):
    """A Mermaid diagram."""

    text: str


class Prose(msgspec.Struct, frozen=True):
    """Text between blocks."""

    text: str


Part = Map | Code | Mermaid | Prose


class Document(msgspec.Struct, frozen=True):
    """The parts in order, and the line that each begins on, from 1; no lines where none was read."""

    parts: tuple[Part, ...]
    lines: tuple[int, ...] = ()

    @property
    def maps(self) -> list[Map]:
        """The maps in order."""
        return [part for part in self.parts if isinstance(part, Map)]

    @property
    def code(self) -> list[Code]:
        """The blocks of code in order."""
        return [part for part in self.parts if isinstance(part, Code)]

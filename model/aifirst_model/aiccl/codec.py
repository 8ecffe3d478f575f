"""What this package needs of AICCL's deterministic reader and writer; who has the compiler hands it in.

A codec works on one text at a time: a file, a function, a class, or a method by itself. Left out: projects, whose
documents share a map (`aifirst compress`).
"""

from __future__ import annotations

from typing import Final, Literal, Protocol

import msgspec

from aifirst_model.errors import LocalError

Resolution = Literal["exact", "medium", "low"]

LANGUAGES: Final = ("javascript", "python", "java", "typescript", "php", "go", "rust")
"""The languages that pairs are made of, by the names that the rest of aifirst has for them."""


class CodecError(LocalError):
    """A text that is not in the notation, or cannot be told in it; says what to do."""


class Compressed(msgspec.Struct, frozen=True):
    """A document and what it costs, all in tokens of `o200k_base`; tags and map are part of `tokens`."""

    text: str
    source_tokens: int
    tokens: int
    map_tokens: int = 0
    entries: int = 0
    """Of its map."""

    @property
    def ratio(self) -> float:
        """Source tokens for each token of the document."""
        return self.source_tokens / self.tokens if self.tokens else 1.0


class Document(msgspec.Struct, frozen=True):
    """A document as it was read: the id of its only block, that block's text with and without symbols, and the map."""

    block: str
    """`low` or `medium` for those resolutions, else the path of what is held exactly."""
    written: str
    expanded: str
    entries: tuple[tuple[str, str], ...] = ()
    """Symbols and meanings; a meaning may hold symbols of entries above it."""

    @property
    def resolution(self) -> Resolution:
        """What the block tells."""
        return self.block if self.block in ("low", "medium") else "exact"


class Codec(Protocol):
    """Compresses and expands by rules alone, with proof."""

    def compress(
        self, source: str, language: str, resolution: Resolution = "exact", entries: int | None = None
    ) -> Compressed:
        """The source as a document of one block; at `exact` its syntax tree without glue is that of the source.

        `entries` bounds the map, flat and a line for each; None takes what costs the fewest tokens. Raises `CodecError`
        for a language that there is none of, and for a source that does not parse.
        """
        ...

    def read(self, text: str) -> Document:
        """A document of one block. Raises `CodecError` for anything else, as for what is not in the notation."""
        ...

    def expand(self, text: str) -> str:
        """The code that an exact document of one block holds. Raises `CodecError`."""
        ...

    def clean(self, source: str, language: str) -> str:
        """The source without comments and docstrings, in its own layout. Raises `CodecError`."""
        ...

    def is_same(self, a: str, b: str, language: str) -> bool:
        """Whether both parse and their syntax trees are equal, comments and docstrings left out."""
        ...

    def parses(self, source: str, language: str) -> bool:
        """Whether the source stands by itself, or as a method does in a class, without an error."""
        ...

    def units(self, text: str) -> tuple[str, ...]:
        """The names of the units that a `low` or `medium` document tells of, in its order. Raises `CodecError`."""
        ...

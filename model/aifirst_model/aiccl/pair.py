"""A pair of code and notation, what is known of its quality, and what was left out on the way to it."""

from __future__ import annotations

import hashlib

import msgspec

from aifirst_model.aiccl.codec import Resolution


class SourceText(msgspec.Struct, frozen=True):
    """A file that pairs may be made of; its licence allows that, and it holds no secret and was not generated."""

    project: str
    path: str
    language: str
    licence: str
    text: str


class Pair(msgspec.Struct, frozen=True, omit_defaults=True):
    """A source and its document, both proved, with what the quality formula needs.

    `clean` is the source without glue in its own layout: what a model that expands the document is to write.
    """

    language: str
    resolution: Resolution
    source: str
    clean: str
    document: str
    source_tokens: int
    tokens: int
    project: str
    path: str
    name: str
    kind: str
    licence: str = ""
    level: str = ""
    entries: int = 0
    drift: float = 0.0
    """The share of the document's lines that another spelling of the same program is not told in."""
    readability: float = 1.0
    """Of its map; see `quality`."""

    @property
    def ratio(self) -> float:
        """Source tokens for each token of the document."""
        return self.source_tokens / self.tokens

    @property
    def key(self) -> str:
        """16 hexadecimal digits that stand for the program and its resolution, whatever its layout and comments."""
        told = f"{self.language}\0{self.resolution}\0{''.join(self.clean.split())}"
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class DroppedPiece(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of which no pair was made, and why; `detail` is what the codec said."""

    reason: str
    detail: str = ""
    name: str = ""
    source: str = ""
    """Kept where it may be tried again: where the round trip failed."""

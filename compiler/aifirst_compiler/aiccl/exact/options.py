"""How code is written at the resolution `exact`, and what comes of it."""

from __future__ import annotations

from math import ceil
from typing import Literal

import msgspec

Tokenizer = Literal["o200k_base", "cl100k_base"]


class ExactOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Equal options and equal files give equal documents."""

    glue: Literal["drop", "keep"] = "drop"
    """`drop`: without comments and docstrings, in the smallest layout; `keep`: every character of the file."""
    minify_scripts: bool = False
    """JavaScript and TypeScript through oxc or esbuild, which gives locals new names and drops types, so a `.ts` file
    comes back as `.js`. Needs Node and these tools."""
    tokenizer: Tokenizer = "o200k_base"
    """The tokens that are counted."""
    max_entries: int | None = None
    """Entries that the map may have at most; as many as pay where it is None. Few are easier to read."""
    patterns: bool = True
    """Whether units may be written as instances of a template that the files have in common, where that saves tokens."""
    nested: bool = True
    """Whether a meaning may hold symbols of other entries. Flat maps are easier to read, nested ones smaller."""

    @property
    def joined(self) -> bool:
        """Whether entries stand with nothing between them: where the map is not kept small or flat for reading."""
        return self.nested and self.max_entries is None


class AicclDocument(msgspec.Struct, frozen=True):
    """A document and its cost in tokens. `code_tokens` is everything that is not the map, tags and paths included.

    `outer_map_tokens` are those of a shared map that the document needs and does not hold.
    `plain_tokens` is what the same code costs in the same blocks without a map, `source_tokens` the files as they are,
    without tags and paths.
    """

    text: str
    map_tokens: int
    code_tokens: int
    plain_tokens: int
    source_tokens: int
    files: int
    entries: int
    outer_map_tokens: int = 0

    @property
    def tokens(self) -> int:
        """All tokens of the document."""
        return self.map_tokens + self.code_tokens

    @property
    def ratio(self) -> float:
        """Source tokens for each token of the document, all maps counted."""
        needed = self.tokens + self.outer_map_tokens
        return self.source_tokens / needed if needed else 1.0

    @property
    def ratio_without_map(self) -> float:
        """Source tokens for each token of code, for who sends the map once with many documents."""
        return self.source_tokens / self.code_tokens if self.code_tokens else 1.0

    @property
    def break_even(self) -> int:
        """Blocks of this document's mean size that it takes for the maps to save what they cost; 0 without a map."""
        saved = self.plain_tokens - self.code_tokens
        maps = self.map_tokens + self.outer_map_tokens
        return ceil(maps * self.files / saved) if maps and saved > 0 else 0

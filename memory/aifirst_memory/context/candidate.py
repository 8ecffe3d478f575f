"""A unit that may be given, with its texts at the resolutions that were asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.request import Resolution
from aifirst_memory.context.resolution import render

SEARCHED: Final = "matches the query"
"""The reason of what search found; the words that match take its place."""
_MOST_WORDS: Final = 4
LONG: Final = 400
"""Tokens from which a unit may be given in parts."""
Parts = Callable[[FileText, int], str]
"""What of a unit matters for the query, "" where it cannot be given so."""


class Candidate:
    """One ranked unit of a file in hand. `named` says that the request asked for it by name."""

    def __init__(
        self, file: FileText, index: int, count: Callable[[str], int], *, rank: int, score: float, step: str,
        reasons: tuple[str, ...], named: bool = False,
        asked: Mapping[str, str] = MappingProxyType({}),
        parts: Parts | None = None,
    ) -> None:  # fmt: skip
        self.file = file
        self.index = index
        self.rank = rank
        self.score = score
        self.step = step
        self._given = reasons
        self._asked = asked
        self.named = named
        self._count = count
        self._parts = parts
        self.key = file.path, index
        """What tells candidates apart."""
        self.name = file.units[index].name
        """The qualified name, "" for a file's own code."""
        self.exact_tokens = file.tokens(index)
        """About what the whole unit costs, known without reading its text."""
        self.may_be_in_parts = parts is not None and self.exact_tokens >= LONG
        """Whether it is long and there is a query to choose lines by; they may turn out to be all of it."""
        self._given_as: dict[Resolution, tuple[str, int]] = {}

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why it is there, the weightiest first; a match with the query names the words that match."""
        if SEARCHED not in self._given:
            return self._given
        said = "\n".join(self.file.shown(start, end) for start, end in self.file.spans(self.index))
        lower = f"{self.file.path} {self.name} {said}".lower()
        words: list[str] = []
        for word, spelled in self._asked.items():
            if word in lower and spelled not in words:
                words.append(spelled)
                if len(words) == _MOST_WORDS:
                    break
        told = f"says {', '.join(words)}" if words else SEARCHED
        return tuple(told if reason == SEARCHED else reason for reason in self._given)

    def text(self, resolution: Resolution) -> str:
        """The unit at a resolution."""
        return self._at(resolution)[0]

    def tokens(self, resolution: Resolution) -> int:
        """The exact count of that text."""
        return self._at(resolution)[1]

    def _in_parts(self) -> tuple[str, int]:
        """What of it matters for the query: not kept with the file, since the next query asks for other lines."""
        if self._parts is None or not self.may_be_in_parts:
            return "", 0
        text = self._parts(self.file, self.index)
        return text, self._count(text) if text else 0

    def _at(self, resolution: Resolution) -> tuple[str, int]:
        found = self._given_as.get(resolution)
        if found is None:
            found = self._in_parts() if resolution == "parts" else self._kept(resolution)
            self._given_as[resolution] = found
        return found

    def _kept(self, resolution: Resolution) -> tuple[str, int]:
        kept, key = self.file.rendered, (self.index, resolution)
        found = kept.get(key)
        if found is None:
            found = kept[key] = self._shown(resolution)
        return found

    def _shown(self, resolution: Resolution) -> tuple[str, int]:
        """As it was given before, else made; a text that is the unit's own costs no more to make than to find."""
        texts = self.file.shown_texts if resolution != "exact" else None
        found = None if texts is None else texts.get(self.file, self.index, resolution)
        if found is None:
            text = render(self.file, self.index, resolution)
            found = text, self._count(text)
            if texts is not None:
                texts.put(self.file, self.index, resolution, *found)
        return found

"""A unit that may be given, with its texts at the resolutions that were asked of it."""

from __future__ import annotations

from collections.abc import Callable

from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.request import Resolution
from aifirst_memory.context.resolution import render


class Candidate:
    """One ranked unit of a file in hand. `named` says that the request asked for it by name."""

    def __init__(
        self, file: FileText, index: int, count: Callable[[str], int], *, rank: int, score: float, step: str,
        reasons: tuple[str, ...], named: bool = False,
    ) -> None:  # fmt: skip
        self.file = file
        self.index = index
        self.rank = rank
        self.score = score
        self.step = step
        self.reasons = reasons
        self.named = named
        self._count = count
        self._rendered: dict[Resolution, tuple[str, int]] = {}

    @property
    def key(self) -> tuple[str, int]:
        """What tells candidates apart."""
        return self.file.path, self.index

    @property
    def name(self) -> str:
        """The qualified name, "" for a file's own code."""
        return self.file.units[self.index].name

    @property
    def exact_tokens(self) -> int:
        """About what the whole unit costs, known without reading its text."""
        return self.file.units[self.index].tokens

    def text(self, resolution: Resolution) -> str:
        """The unit at a resolution."""
        return self._at(resolution)[0]

    def tokens(self, resolution: Resolution) -> int:
        """The exact count of that text."""
        return self._at(resolution)[1]

    def _at(self, resolution: Resolution) -> tuple[str, int]:
        found = self._rendered.get(resolution)
        if found is None:
            text = render(self.file, self.index, resolution)
            found = self._rendered[resolution] = text, self._count(text)
        return found

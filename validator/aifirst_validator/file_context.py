"""What a rule is given of a file: its reading, its settings and what can be derived from both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from aifirst_codebase.config.settings import Scope, Settings
from aifirst_codebase.reading import Reading
from aifirst_codebase.units import Unit


@dataclass
class FileContext:
    """One file to judge. Offsets are bytes of `reading.data`."""

    reading: Reading
    settings: Settings

    @property
    def path(self) -> str:
        """The path from the project's root."""
        return self.reading.path

    @property
    def data(self) -> bytes:
        """The text as UTF-8."""
        return self.reading.data

    @cached_property
    def marked(self) -> bool:
        """Whether the file takes part in AI-First development: it carries a ticket or a tag in a comment."""
        data = self.reading.data
        return any(
            data.find(mark, comment.start, comment.end) >= 0
            for mark in (b"@TAG:", b"# TICKET:", b"TICKET:")
            if mark in data
            for comment in self.reading.comments
        )

    def applies(self, scope: Scope) -> bool:
        """Whether a family with this scope judges the file."""
        return scope == "all" or (scope == "marked" and self.marked)

    @property
    def functions(self) -> list[Unit]:
        """The functions and methods of the file."""
        return [unit for unit in self.reading.units if unit.kind == "function"]

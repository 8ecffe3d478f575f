"""What a rule is given of a file: its reading, its settings and what can be derived from both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aifirst_codebase.anchors import Anchors
from aifirst_codebase.config.settings import Scope, Settings
from aifirst_codebase.reading import Reading
from aifirst_codebase.units import Span, Unit

from aifirst_validator.suppression import Suppression, find_suppressions

if TYPE_CHECKING:
    from aifirst_codebase.tickets import AssemblyLine, Tag, TagScan, Ticket


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
        """Whether the file takes part in AI-First development: it carries a ticket, or a tag on a line of its own.

        A tag that a sentence mentions does not count.
        """
        return bool(self.tickets) or any(tag.role != "reference" for tag in self.tags)

    def applies(self, scope: Scope) -> bool:
        """Whether a family with this scope judges the file."""
        return scope == "all" or (scope == "marked" and self.marked)

    @cached_property
    def suppressions(self) -> tuple[Suppression, ...]:
        """The suppression comments of the file."""
        return find_suppressions(self.reading)

    @cached_property
    def glue_of_units(self) -> dict[int, list[Span]]:
        """The glue spans of each unit that has any, by its index, in file order."""
        found: dict[int, list[Span]] = {}
        for span in self.reading.glue:
            found.setdefault(span.unit, []).append((span.start, span.end))
        return found

    @property
    def functions(self) -> list[Unit]:
        """The functions and methods of the file."""
        return [unit for unit in self.reading.units if unit.kind == "function"]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets that stand in comments, offsets in characters of `reading.text`."""
        return self._anchors.tickets

    @property
    def mentions_tags(self) -> bool:
        """Whether the text has anything that may be a tag: a cheap test that most files end with."""
        return self._anchors.mentions_tags

    @property
    def tag_scan(self) -> TagScan:
        """The tags that stand in comments, and what is malformed; offsets in characters of `reading.text`."""
        return self._anchors.tag_scan

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The well-formed tags of the file."""
        return self._anchors.tags

    @property
    def assembly_lines(self) -> tuple[AssemblyLine, ...]:
        """The assembly lines that stand in comments, offsets in characters of `reading.text`."""
        return self._anchors.assembly_lines

    def to_bytes(self, start: int, end: int) -> tuple[int, int]:
        """Bytes of a stretch given in characters of `reading.text`."""
        return self._anchors.to_bytes(start, end)

    @cached_property
    def _anchors(self) -> Anchors:
        return Anchors(self.reading)

"""What a rule is given of a file: its reading, its settings and what can be derived from both."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aifirst_codebase.config.settings import Scope, Settings
from aifirst_codebase.glue import Comment
from aifirst_codebase.reading import Reading
from aifirst_codebase.units import Unit

from aifirst_validator.suppression import Suppression, find_suppressions

if TYPE_CHECKING:
    from aifirst_codebase.tickets import AssemblyLine, Tag, TagScan, Ticket

_FENCE = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL
)


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

    @property
    def functions(self) -> list[Unit]:
        """The functions and methods of the file."""
        return [unit for unit in self.reading.units if unit.kind == "function"]

    @cached_property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets that stand in comments, offsets in characters of `reading.text`."""
        if b"TICKET" not in self.data:
            return ()
        from aifirst_codebase.tickets import parse_tickets  # few files have tickets

        found = parse_tickets(self.reading.text)
        if self._prose:
            return tuple(ticket for ticket in found if not _within(ticket.start, self._shown))
        return tuple(ticket for ticket in found if self._in_comment(ticket.start))

    @cached_property
    def mentions_tags(self) -> bool:
        """Whether the text has anything that may be a tag: a cheap test that most files end with."""
        return b"@TAG:" in self.data

    @cached_property
    def tag_scan(self) -> TagScan:
        """The tags that stand in comments, and what is malformed; offsets in characters of `reading.text`.

        In a document tags count anywhere but in code, which shows them as examples.
        """
        from aifirst_codebase.tickets import TagScan, scan_tags

        if not self.mentions_tags:
            return TagScan()
        spans = [span for ticket in self.tickets for span in ticket.reference_spans]
        scan = scan_tags(self.reading.text, markdown=self._prose, reference_spans=spans)
        if self._prose:
            return TagScan(
                tuple(tag for tag in scan.tags if not _within(tag.start, self._shown)),
                tuple(one for one in scan.diagnostics if not _within(one.start, self._shown)),
            )
        return TagScan(
            tuple(tag for tag in scan.tags if self._stands(tag.start)),
            tuple(one for one in scan.diagnostics if self._stands(one.start)),
        )

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The well-formed tags of the file."""
        return self.tag_scan.tags if self.mentions_tags else ()

    @cached_property
    def assembly_lines(self) -> tuple[AssemblyLine, ...]:
        """The assembly lines that stand in comments, offsets in characters of `reading.text`."""
        if b"@assembly" not in self.data:
            return ()
        from aifirst_codebase.tickets import find_assembly_lines

        return tuple(line for line in find_assembly_lines(self.reading.text) if self._in_comment(line.start))

    def to_bytes(self, start: int, end: int) -> tuple[int, int]:
        """Bytes of a stretch given in characters of `reading.text`."""
        if self.data.isascii():
            return start, end
        lines = self.reading.lines
        return lines.byte_offset(start), lines.byte_offset(end)

    @property
    def _prose(self) -> bool:
        return self.reading.language.kind == "prose"

    @cached_property
    def _shown(self) -> list[tuple[int, int]]:
        """The stretches of a document that show code: what stands there is an example."""
        return [match.span() for match in _FENCE.finditer(self.reading.text)]

    def _stands(self, start: int) -> bool:
        """Whether a tag stands in a comment, and not between backticks, where it is an example."""
        return self.reading.text[start - 1 : start] != "`" and self._in_comment(start)

    def _in_comment(self, start: int) -> bool:
        """Whether the line that holds this character is one of a comment, or the character itself is in one."""
        at, _ = self.to_bytes(start, start)
        line_end = self.data.find(b"\n", at)
        comments = self.reading.comments
        index = bisect_right(comments, line_end if line_end >= 0 else len(self.data), key=_start_of) - 1
        while index >= 0 and comments[index].start > at:
            if not self.data[at : comments[index].start].strip():
                return True
            index -= 1
        return index >= 0 and at < comments[index].end


def _start_of(comment: Comment) -> int:
    return comment.start


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (at, 1 << 62)) - 1
    return index >= 0 and at < spans[index][1]

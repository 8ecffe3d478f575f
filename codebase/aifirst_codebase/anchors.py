"""Tickets, tags and assembly lines of a file where they count: in comments, and in prose outside of code.

The grammars of `tickets` find them in any text; here the reading says which of them stand and which are
examples: a tag in a string, between backticks or in a fenced block of a document names nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.reading import Reading

if TYPE_CHECKING:
    from aifirst_codebase.tickets import AssemblyLine, Tag, TagScan, Ticket

_FENCE = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL
)
_BLANK = re.compile(rb"[ \t\r\f\v]*+")


@dataclass
class Anchors:
    """The anchors of one reading; all offsets are in characters of `reading.text`."""

    reading: Reading

    @cached_property
    def tickets(self) -> tuple[Ticket, ...]:
        """The tickets that stand in comments."""
        if b"TICKET" not in self.reading.data:
            return ()
        from aifirst_codebase.tickets import parse_tickets  # few files have tickets

        found = parse_tickets(self.reading.text)
        if self._prose:
            return tuple(ticket for ticket in found if not _within(ticket.start, self._shown))
        return tuple(ticket for ticket in found if self._in_comment(ticket.start))

    @cached_property
    def mentions_tags(self) -> bool:
        """Whether the text has anything that may be a tag: a cheap test that most files end with."""
        return b"@TAG:" in self.reading.data

    @cached_property
    def tag_scan(self) -> TagScan:
        """The tags that stand in comments, and what is malformed.

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
        """The assembly lines that stand in comments."""
        if b"@assembly" not in self.reading.data:
            return ()
        from aifirst_codebase.tickets import find_assembly_lines

        return tuple(line for line in find_assembly_lines(self.reading.text) if self._in_comment(line.start))

    def to_bytes(self, start: int, end: int) -> tuple[int, int]:
        """Bytes of a stretch given in characters of `reading.text`."""
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
        data, comments = self.reading.data, self.reading.comments
        at, _ = self.to_bytes(start, start)
        index = bisect_right(comments, at, key=_start_of)
        if index and at < comments[index - 1].end:
            return True
        blank = _BLANK.match(data, at)
        return index < len(comments) and blank is not None and blank.end() == comments[index].start


def _start_of(comment: Comment) -> int:
    return comment.start


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (at, 1 << 62)) - 1
    return index >= 0 and at < spans[index][1]

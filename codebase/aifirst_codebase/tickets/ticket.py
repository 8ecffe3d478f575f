"""The ticket as a value: its exact lines, and views on them that know their character offsets.

The lines are the source of truth, so `write()` is lossless whatever the views could make of the text.
The views (tags, title, header keys, sections, log) are for reading; edits are text edits on offsets.
"""

from msgspec import Struct

from aifirst_codebase.tickets.comment_lines import CommentLine
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic
from aifirst_codebase.tickets.modification_log import ModificationLog
from aifirst_codebase.tickets.requirements import Requirement, Task, TestName
from aifirst_codebase.tickets.sections import TicketForm
from aifirst_codebase.tickets.tags import Tag


class Piece(Struct, frozen=True):
    """A stretch of the source: `source[start:end] == text`."""

    text: str
    start: int
    end: int


class MetaLine(Struct, frozen=True):
    """One `Key: value` line of the header."""

    key: Piece
    value: Piece


class Section(Struct, frozen=True):
    """One section, or one field of a mini-ticket.

    `name` is the canonical name (upper case, alias resolved), `title` its spelling, `detail` what follows
    the colon of the heading, `content` the source lines below the heading with their comment markers, and
    `text` those lines without markers, outer blank lines removed. `start` and `end` cover heading and
    content, from the start of the opening bar (of the line, in a mini-ticket) to the end of the last line.
    """

    name: str
    title: Piece
    detail: Piece | None
    content: Piece
    text: str
    known: bool
    start: int
    end: int


class Ticket(Struct, frozen=True):
    """A ticket in a text, from the start of its first bar to the end of its last line.

    `comment_follows` says that comment lines which are not its own stand directly below it.
    """

    form: TicketForm
    lines: tuple[CommentLine, ...]
    tags: tuple[Tag, ...]
    title: Piece | None
    meta: tuple[MetaLine, ...]
    sections: tuple[Section, ...]
    log: ModificationLog | None
    requirements: tuple[Requirement, ...]
    tests: tuple[TestName, ...]
    tasks: tuple[Task, ...]
    comment_follows: bool = False
    diagnostics: tuple[GrammarDiagnostic, ...] = ()

    @property
    def start(self) -> int:
        """Offset of the first bar's line."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Offset after the last line's end."""
        return self.lines[-1].end

    @property
    def bar_length(self) -> int:
        """Number of `=` in the first bar."""
        return len(self.lines[0].body.strip())

    @property
    def slug(self) -> str | None:
        """The value of the first TICKET tag."""
        return next((tag.value for tag in self.tags if tag.category == "TICKET"), None)

    @property
    def reference_spans(self) -> tuple[tuple[int, int], ...]:
        """The (start, end) of each section, where tags refer and never define; for `find_tags`."""
        return tuple((section.start, section.end) for section in self.sections)

    def section(self, name: str) -> Section | None:
        """The first section of that canonical name."""
        return next((section for section in self.sections if section.name == name), None)

    def write(self) -> str:
        """The exact text that the ticket was read from."""
        return "".join(line.text for line in self.lines)

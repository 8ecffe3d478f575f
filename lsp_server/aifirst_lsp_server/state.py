"""What the server knows of each open document: its text now, and what the last analyses said of which text.

An analysis is kept together with the text it is about (`Snapshot`): a feature that answers from one that is a few keys
old turns its bytes into positions of that text, never of another.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from aifirst_codebase.positions import LineIndex, PositionEncoding
from lsprotocol.types import Position, Range

from aifirst_lsp_server.analysis.analysis import Analysis, FoundUnit
from aifirst_lsp_server.comment_text import bare_text
from aifirst_lsp_server.documents import Document
from aifirst_lsp_server.folders import Folder
from aifirst_lsp_server.positions import byte_at, bytes_of, position_at, range_of


@dataclass(frozen=True)
class Snapshot:
    """An analysis and the document it is about, with positions in the client's units."""

    document: Document
    analysis: Analysis
    encoding: PositionEncoding

    @property
    def lines(self) -> LineIndex:
        """The lines of the analysed text."""
        return self.document.lines

    @property
    def data(self) -> bytes:
        """The analysed text as UTF-8."""
        return self.document.data

    def text(self, start: int, end: int) -> str:
        """A stretch of the analysed text."""
        return self.data[start:end].decode("utf-8", "replace")

    def position(self, byte: int) -> Position:
        """The client's position of a byte."""
        return position_at(self.lines, byte, self.encoding)

    def range(self, start: int, end: int) -> Range:
        """The client's range of bytes."""
        return range_of(self.lines, start, end, self.encoding)

    def byte(self, position: Position) -> int:
        """The byte of a client's position."""
        return byte_at(self.lines, position, self.encoding)

    def bytes(self, place: Range) -> tuple[int, int]:
        """The bytes of a client's range."""
        return bytes_of(self.lines, place, self.encoding)

    def unit_at(self, byte: int) -> FoundUnit | None:
        """The innermost unit whose definition, with its comments and what is nested in it, covers the byte."""
        units = self.analysis.units
        found = units[0] if units else None
        for index in range(bisect_right(self._starts, byte) - 1, 0, -1):
            unit = units[self._order[index]]
            if unit.start <= byte < unit.end and (found is None or unit.start >= found.start):
                return unit
        return found

    def signature(self, unit: FoundUnit) -> str:
        """The definition's head as written, on one line: up to the first line that ends in a colon or brace."""
        line = self.lines.line_of(unit.name_start)
        parts: list[str] = []
        for number in range(line, min(line + 12, unit.end_line + 1, self.lines.line_count)):
            parts.append(self.lines.line_text(number).strip())
            if parts[-1].endswith((":", "{", ";", "=>")):
                break
        return " ".join(parts).replace("( ", "(").replace(" )", ")").replace(",)", ")")[:400]

    def documentation(self, unit: FoundUnit) -> str:
        """The docstring of a unit, or the comment directly above it, without its marks; "" for none."""
        index = self.analysis.units.index(unit)
        own = [one for one in self.analysis.comments if one.unit == index]
        for one in own:
            if one.kind == "docstring":
                return bare_text(self.text(one.start, one.end))
        above = [
            one for one in own if one.own_line and unit.start <= one.start and one.end <= unit.code_start
        ]
        return "\n".join(bare_text(self.text(one.start, one.end)) for one in above)

    @cached_property
    def _order(self) -> list[int]:
        units = self.analysis.units
        return sorted(range(len(units)), key=lambda index: (units[index].start, -units[index].end))

    @cached_property
    def _starts(self) -> list[int]:
        return [self.analysis.units[index].start for index in self._order]


@dataclass
class DocumentState:
    """An open document. `last` is the newest analysis there is, `good` the newest of a text that parsed whole."""

    document: Document
    folder: Folder
    path: str
    """Relative to the root of the folder's project."""
    last: Snapshot | None = None
    good: Snapshot | None = None
    stale: bool = False
    """Whether the same text has to be analysed again: settings or other files changed."""
    judged_bytes: int = 0
    """How long the text was that the analyst saw last."""
    deaths: int = 0
    """How often this text ended its worker."""
    task: asyncio.Task[None] | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]])
    saved: bool = True
    """Whether the text is that of the file, as far as the client said."""

    @property
    def uri(self) -> str:
        """The document's uri, as the client spells it."""
        return self.document.uri

    @property
    def current(self) -> Snapshot | None:
        """The analysis of the text as it is now, None while there is none yet."""
        last = self.last
        return last if last is not None and last.document is self.document and not self.stale else None


@dataclass
class States:
    """All open documents by uri."""

    by_uri: dict[str, DocumentState] = field(default_factory=dict[str, DocumentState])

    def get(self, uri: str) -> DocumentState | None:
        """The state of an open document."""
        return self.by_uri.get(uri)

    def __iter__(self) -> Iterator[DocumentState]:
        """The states, in the order in which documents were opened."""
        return iter(list(self.by_uri.values()))

    def __len__(self) -> int:
        """How many documents are open."""
        return len(self.by_uri)

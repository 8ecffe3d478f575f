"""Makes the source map of an output from the edits that made it.

A segment stands where a kept stretch of the source begins, where a line begins in it, and where an edit put text of
its own; so lines are always exact, and columns to the start of the stretch around them. In scripts, whose stacks tell
columns, one stands at every word as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from aifirst_compiler.edits import Edit
from aifirst_compiler.source_maps.segment import Segment
from aifirst_compiler.source_maps.vlq import encode_number

_SCRIPTS: Final = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_WORD: Final = re.compile(rb"[\w$\x80-\xff]+")


class SourceMap(
    msgspec.Struct, frozen=True, rename={"sources_content": "sourcesContent", "source_root": "sourceRoot"}
):
    """A source map as the format has it. Paths in `sources` are relative to the map's own file."""

    file: str
    sources: tuple[str, ...]
    names: tuple[str, ...]
    mappings: str
    version: int = 3
    source_root: str | msgspec.UnsetType = msgspec.UNSET
    x_aifirst_held: dict[str, SourceMap] | msgspec.UnsetType = msgspec.UNSET
    """Maps of modules that the file holds as text, by what Python calls their files below its own."""
    sources_content: tuple[str | None, ...] | msgspec.UnsetType = msgspec.UNSET

    def to_json(self) -> bytes:
        """The map as a file holds it."""
        return msgspec.json.encode(self)


class _Columns:
    """Lines of a text and columns in UTF-16 code units, from byte offsets."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()
        self.starts = [0]
        at = data.find(b"\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = data.find(b"\n", at + 1)

    def place(self, byte: int) -> tuple[int, int]:
        """Line and column of a byte, both from 0."""
        line = bisect_right(self.starts, byte) - 1
        return line, self.width(self.starts[line], byte)

    def line_end(self, line: int, end: int) -> int:
        """Where a line ends, at `end` at the latest."""
        return min(end, self.starts[line + 1]) if line + 1 < len(self.starts) else end

    def width(self, start: int, end: int) -> int:
        """UTF-16 code units of a stretch within one line."""
        return end - start if self._ascii else _utf16_units(self._data[start:end])


def _utf16_units(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2


class MappedOutput:
    """An output that is put together from stretches of sources and text of its own, with the segments of its map.

    With `words` every word of what is kept has a segment.
    """

    def __init__(self, *, words: bool = False) -> None:
        self._words = words
        self.segments: list[Segment] = []
        self._parts: list[bytes] = []
        self._columns: dict[int, _Columns] = {}
        self._data: dict[int, bytes] = {}
        self._line = self._column = 0

    def add_source(self, number: int, data: bytes) -> None:
        """Make a source known by its number in the map."""
        self._columns[number] = _Columns(data)
        self._data[number] = data

    def add_text(self, text: bytes) -> None:
        """Add text that no source has."""
        self._parts.append(text)
        lines = text.count(b"\n")
        if lines:
            self._line += lines
            self._column = 0
            text = text[text.rfind(b"\n") + 1 :]
        self._column += _utf16_units(text)

    def add_kept(self, number: int, start: int, end: int) -> None:
        """Add a stretch of a source as it is."""
        if start >= end:
            return
        columns = self._columns[number]
        starts = columns.starts
        line, column = columns.place(start)
        self._parts.append(self._data[number][start:end])
        self._keep_line(number, (line, column), start, columns.line_end(line, end))
        while line + 1 < len(starts) and starts[line + 1] <= end:
            line += 1
            start = starts[line]
            self._line += 1
            self._column = 0
            if start < end:
                self._keep_line(number, (line, 0), start, columns.line_end(line, end))
        self._column += columns.width(start, end)

    def _keep_line(self, number: int, place: tuple[int, int], start: int, end: int) -> None:
        """The segments of a kept stretch of one line, which is at `place` in the source."""
        self.segments.append(Segment(self._line, self._column, *place, number))
        columns = self._columns[number]
        for word in _WORD.finditer(self._data[number], start, end) if self._words else ():
            if word.start() > start:
                further = columns.width(start, word.start())
                place_of_word = (place[0], place[1] + further)
                self.segments.append(Segment(self._line, self._column + further, *place_of_word, number))

    def add_edited(self, number: int, span: tuple[int, int], edits: Sequence[Edit]) -> None:
        """Add a stretch of a source with edits made that lie in it, in order."""
        at, end = span
        for edit in edits:
            self.add_kept(number, at, edit.start)
            if edit.text:
                place = self._columns[number].place(edit.start)
                self.segments.append(Segment(self._line, self._column, *place, number, edit.name))
                self.add_text(edit.text)
            at = edit.end
        self.add_kept(number, at, end)

    def data(self) -> bytes:
        """The output so far."""
        return b"".join(self._parts)


def segments_of(data: bytes, edits: Sequence[Edit], *, words: bool = False) -> list[Segment]:
    """Where each place of the output came from, for edits in order that were applied to `data`."""
    output = MappedOutput(words=words)
    output.add_source(0, data)
    output.add_edited(0, (0, len(data)), edits)
    return output.segments


class Followed:
    """Segments to look a place up in, so that a map of a text made of another leads to the first."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._places = [(segment.line, segment.column) for segment in segments]

    def find(self, line: int, column: int) -> tuple[int, int, str] | None:
        """The line, column and former name behind a place, None where nothing before it on its line has one.

        A stretch is kept as it was, so a place within one is as far from its beginning as there.
        """
        index = bisect_right(self._places, (line, column)) - 1
        if index < 0 or self._places[index][0] != line:
            return None
        segment = self._segments[index]
        further = column - segment.column if not segment.name else 0
        return segment.source_line, segment.source_column + further, segment.name if not further else ""

    def after(self, line: int, column: int) -> Iterator[Segment]:
        """The segments of a line that begin after a column."""
        for index in range(bisect_right(self._places, (line, column)), len(self._places)):
            if self._places[index][0] != line:
                return
            yield self._segments[index]


def encode_mappings(segments: Sequence[Segment], names: Sequence[str]) -> str:
    """The `mappings` of a map. Segments stand in order; each one's name is looked up in `names`."""
    number_of = {name: number for number, name in enumerate(names)}
    lines: list[str] = []
    current: list[str] = []
    line = column = source = source_line = source_column = name = 0
    for segment in segments:
        while line < segment.line:
            lines.append(",".join(current))
            current, line, column = [], line + 1, 0
        text = (
            encode_number(segment.column - column)
            + encode_number(segment.source - source)
            + encode_number(segment.source_line - source_line)
            + encode_number(segment.source_column - source_column)
        )
        column, source = segment.column, segment.source
        source_line, source_column = segment.source_line, segment.source_column
        if segment.name:
            text += encode_number(number_of[segment.name] - name)
            name = number_of[segment.name]
        current.append(text)
    lines.append(",".join(current))
    return ";".join(lines)


def make_map(file: str, sources: Sequence[str], segments: Sequence[Segment]) -> SourceMap:
    """The map of an output called `file` whose segments speak of `sources` by their numbers."""
    names = tuple(dict.fromkeys(segment.name for segment in segments if segment.name))
    return SourceMap(file, tuple(sources), names, encode_mappings(segments, names))


def map_of_edits(file: str, source: str, data: bytes, edits: Sequence[Edit]) -> SourceMap:
    """The map of the output that the edits make of one source's UTF-8 text."""
    return make_map(file, (source,), segments_of(data, edits, words=file.endswith(_SCRIPTS)))

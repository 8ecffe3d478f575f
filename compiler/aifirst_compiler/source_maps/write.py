"""Makes the source map of an output from the edits that made it.

A segment stands where a kept stretch of the source begins, where a line begins in it, and where an edit put text of
its own; so lines are always exact, and columns to the start of the stretch around them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from aifirst_compiler.edits import Edit
from aifirst_compiler.source_maps.segment import Segment
from aifirst_compiler.source_maps.vlq import encode_number


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

    def width(self, start: int, end: int) -> int:
        """UTF-16 code units of a stretch within one line."""
        if self._ascii:
            return end - start
        text = self._data[start:end]
        return len(text) if text.isascii() else len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2


def segments_of(data: bytes, edits: Sequence[Edit]) -> list[Segment]:
    """Where each place of the output came from, for edits in order that were applied to `data`."""
    columns = _Columns(data)
    found: list[Segment] = []
    line = column = at = 0
    for edit in (*edits, Edit(len(data), len(data))):
        line, column = _keep(columns, found, (at, edit.start), (line, column))
        if edit.text:
            found.append(Segment(line, column, *columns.place(edit.start), name=edit.name))
            line, column = _advance(edit.text, line, column)
        at = edit.end
    return found


def _keep(
    columns: _Columns, found: list[Segment], span: tuple[int, int], at: tuple[int, int]
) -> tuple[int, int]:
    """Add the segments of a stretch that stays; where the output stands after it."""
    start, end = span
    line, column = at
    if start >= end:
        return line, column
    source_line, source_column = columns.place(start)
    starts = columns.starts
    found.append(Segment(line, column, source_line, source_column))
    while source_line + 1 < len(starts) and starts[source_line + 1] < end:
        source_line += 1
        line += 1
        found.append(Segment(line, 0, source_line, 0))
        column = 0
        start = starts[source_line]
    if source_line + 1 < len(starts) and starts[source_line + 1] == end:
        return line + 1, 0
    return line, column + columns.width(start, end)


def _advance(text: bytes, line: int, column: int) -> tuple[int, int]:
    lines = text.count(b"\n")
    if lines:
        column, text = 0, text[text.rfind(b"\n") + 1 :]
    return line + lines, column + len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2


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
    return make_map(file, (source,), segments_of(data, edits))

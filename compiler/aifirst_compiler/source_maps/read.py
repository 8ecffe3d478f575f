"""Reads a source map, ours or another tool's, and finds where a place of the output came from."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from aifirst_compiler.errors import CompileError
from aifirst_compiler.source_maps.segment import Segment
from aifirst_compiler.source_maps.vlq import decode_segment

_VERSION: Final = 3
MAX_SIZE: Final = 256 << 20
_WITH_SOURCE: Final = 4
_WITH_NAME: Final = 5
_GUARD: Final = b")]}'"
"""First bytes of a map sent over HTTP against script inclusion; the rest of that line is not JSON (ECMA-426, 11.1)."""
_AGAIN: Final = "compile again with --maps"
_Fields = Mapping[str, Any]


class MapReader:
    """Answers where a place of the output came from. `sources` are as the map gives them, its root before them."""

    def __init__(
        self, sources: Sequence[str], contents: Sequence[str | None], segments: list[Segment]
    ) -> None:
        self.sources = tuple(sources)
        self.contents = tuple(contents)
        self.segments = segments
        self._places = [(segment.line, segment.column) for segment in segments]

    def find(self, line: int, column: int = 0) -> Segment | None:
        """The segment that the place belongs to, or None where its line has none.

        Lines and columns count from 0. What stands before the first segment of a line belongs to that one.
        """
        index = bisect_right(self._places, (line, column)) - 1
        if index >= 0 and self._places[index][0] == line:
            return self.segments[index]
        if index + 1 < len(self._places) and self._places[index + 1][0] == line:
            return self.segments[index + 1]
        return None

    def before(self, line: int, column: int) -> Segment | None:
        """The last segment of a line that begins at the column or before it, None where there is none."""
        index = bisect_right(self._places, (line, column)) - 1
        return self.segments[index] if index >= 0 and self._places[index][0] == line else None

    def after(self, line: int, column: int) -> Iterator[Segment]:
        """The segments of a line that begin after the column."""
        for index in range(bisect_right(self._places, (line, column)), len(self._places)):
            if self._places[index][0] != line:
                return
            yield self.segments[index]

    def on_line(self, line: int) -> list[Segment]:
        """All segments of a line of the output."""
        start = bisect_right(self._places, (line, -1))
        return self.segments[start : bisect_right(self._places, (line + 1, -1))]


def read_map(data: bytes, path: str) -> MapReader:
    """The map in a file's bytes. Raises CompileError for what is none, or of another version."""
    found = _read_checked(data, path, "")
    if found is None:
        raise CompileError(f"{path} is no source map", _AGAIN)
    return found


def read_map_fields(fields: Mapping[str, object], path: str) -> MapReader:
    """The map that a tool has given as fields. Raises CompileError for what is none."""
    try:
        return _read(fields)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise CompileError(f"the map of {path} is none: {error}", "make it again without --maps") from error


def read_held_map(data: bytes, path: str, inner: str) -> MapReader | None:
    """The map of a module that the file of a map holds as text, None where it has none. Raises CompileError."""
    return _read_checked(data, path, inner)


def bytes_of_map(path: Path) -> bytes:
    """What is in a map's file. Raises CompileError for one too large, OSError for what cannot be read."""
    if path.stat().st_size > MAX_SIZE:
        raise CompileError(f"{path} is larger than any map this reads (256 MB)", _AGAIN)
    return path.read_bytes()


def _read_checked(data: bytes, path: str, inner: str) -> MapReader | None:
    try:
        fields = cast("_Fields", json.loads(data.partition(b"\n")[2] if data.startswith(_GUARD) else data))
        if inner:
            held = fields.get("x_aifirst_held", {})
            if inner not in held:
                return None
            fields = held[inner]
        return _read(fields)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
        raise CompileError(f"{path} is no source map: {error}", _AGAIN) from error


def _read(read: _Fields) -> MapReader:
    if read.get("version") != _VERSION:
        raise ValueError(f"its version is {read.get('version')!r}, this reads version 3")
    sections: list[tuple[int, int, _Fields]] = (
        [(int(s["offset"]["line"]), int(s["offset"]["column"]), s["map"]) for s in read["sections"]]
        if "sections" in read
        else [(0, 0, read)]
    )
    sources: list[str] = []
    contents: list[str | None] = []
    segments: list[Segment] = []
    for line, column, fields in sections:
        named = [str(source or "") for source in fields.get("sources", ())]
        segments.extend(_segments(fields, len(named), len(sources), (line, column)))
        root = str(fields.get("sourceRoot") or "")
        sources.extend(_rooted(root, source) for source in named)
        known = fields.get("sourcesContent") or ()
        contents.extend(known[i] if i < len(known) else None for i in range(len(named)))
    segments.sort()
    return MapReader(sources, contents, segments)


def _rooted(root: str, source: str) -> str:
    return f"{root}{'' if root.endswith('/') else '/'}{source}" if root else source


def _segments(fields: _Fields, sources: int, first_source: int, offset: tuple[int, int]) -> list[Segment]:
    found: list[Segment] = []
    names = [str(name) for name in fields.get("names", ())]
    source = source_line = source_column = name = 0
    for number, text in enumerate(str(fields["mappings"]).split(";")):
        column = offset[1] if not number else 0
        for part in text.split(",") if text else ():
            numbers = decode_segment(part)
            column += numbers[0]
            if len(numbers) < _WITH_SOURCE:
                continue
            source += numbers[1]
            source_line += numbers[2]
            source_column += numbers[3]
            named = ""
            if len(numbers) >= _WITH_NAME:
                name += numbers[4]
                named = names[name] if 0 <= name < len(names) else ""
            if 0 <= source < sources and source_line >= 0:
                place = (number + offset[0], column, source_line, source_column)
                found.append(Segment(*place, first_source + source, named))
    return found

"""Tells a traceback or a stack in terms of the source: files, lines, columns, names and the lines shown.

Knows the frames of Python (groups and notes too) and every `path:line` or `path:line:column`, which is how the stacks
of JavaScript engines, Go and most tools name a place. What has no map stays as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from aifirst_compiler.source_maps.find_map import FoundMap, MapFinder, text_of_source
from aifirst_compiler.source_maps.segment import Segment

_FRAME: Final = re.compile(
    r'^(?P<margin>[ |+]*)File "(?P<path>[^"\n]+)", line (?P<line>\d{1,9})(?!\d)(?P<rest>.*)$'
)
_PLACE: Final = re.compile(
    r"(?<![^\s:\"'()<>|*?@\[\]])(?P<path>(?:file://)?(?:[A-Za-z]:[\\/])?[^\s:\"'()<>|*?@\[\]]+\.\w+):(?P<line>\d{1,9})(?!\d)(?::(?P<column>\d{1,9})(?!\d))?"
)
_CARETS: Final = re.compile(r"^ *[~^]+ *$")
_SHOWN_INDENT: Final = 2
_WITH_CARETS: Final = 2
_LONGEST: Final = 20_000
"""Characters of a line that are looked at: no frame is longer."""


class Tracer:
    """Rewrites traces by the maps that `finder` finds."""

    def __init__(self, finder: MapFinder) -> None:
        self._finder = finder
        self._lines: dict[Path, list[str] | None] = {}
        self.rewritten = 0

    def rewrite(self, text: str) -> str:
        """The trace with every place that has a map told in terms of its source; all else as it is."""
        return "".join(self.rewrite_lines(text.splitlines(keepends=True)))

    def rewrite_lines(self, lines: Iterable[str]) -> Iterator[str]:
        """The same for lines as they come, each with its end; what a frame shows is waited for."""
        rest = _Lines(lines)
        for line in rest:
            short = len(line) < _LONGEST
            frame = _FRAME.match(line) if short else None
            if frame is None:
                yield _PLACE.sub(self._place, line) if short else line
                continue
            found = self._finder.find(frame["path"])
            number = int(frame["line"]) - 1
            if found is None or found.reader.find(number) is None:
                yield line
                continue
            self.rewritten += 1
            shown = rest.shown(frame["margin"])
            segment = found.reader.find(number, _column(frame["margin"], shown, found.reader.on_line(number)))
            yield from self._frame(frame, found, segment, shown) if segment else (line, *shown)

    def _frame(
        self, frame: re.Match[str], found: FoundMap, segment: Segment, shown: list[str]
    ) -> Iterator[str]:
        source = found.source_path(segment.source)
        path = _told(source, frame["path"])
        yield f'{frame["margin"]}File "{path}", line {segment.source_line + 1}{frame["rest"]}\n'
        text = self._line(found, segment)
        if not shown:
            return
        if text is None:
            yield from shown
        elif text.strip():
            yield f"{frame['margin']}  {text.strip()}\n"
            if len(shown) > 1 and shown[0].strip() == text.strip():
                yield shown[1]

    def _place(self, match: re.Match[str]) -> str:
        found = self._finder.find(match["path"])
        column = int(match["column"]) - 1 if match["column"] else 0
        segment = found.reader.find(int(match["line"]) - 1, max(0, column)) if found else None
        if found is None or segment is None:
            return match[0]
        self.rewritten += 1
        told = f"{_told(found.source_path(segment.source), match['path'])}:{segment.source_line + 1}"
        return f"{told}:{segment.source_column + 1}" if match["column"] else told

    def _line(self, found: FoundMap, segment: Segment) -> str | None:
        """The source's line, or None where the source cannot be read."""
        content = found.reader.contents[segment.source]
        path = found.source_path(segment.source)
        if path not in self._lines:
            try:
                text = text_of_source(path) if content is None else content
                self._lines[path] = text.split("\n") if text is not None else None
            except (OSError, ValueError):
                self._lines[path] = None
        lines = self._lines[path]
        return lines[segment.source_line] if lines and segment.source_line < len(lines) else None


class _Lines:
    """Lines of which the next can be seen before it is taken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._next: str | None = None

    def __iter__(self) -> Iterator[str]:
        while (line := self._peek()) is not None:
            self._next = None
            yield line

    def _peek(self) -> str | None:
        if self._next is None:
            self._next = next(self._lines, None)
        return self._next

    def shown(self, margin: str) -> list[str]:
        """Take the line of code that a Python frame shows, and the carets below it."""
        inside = f"{margin}  "
        line = self._peek()
        if line is None or not line.startswith(inside) or _FRAME.match(line):
            return []
        self._next = None
        carets = self._peek()
        if (
            carets is None
            or not carets.startswith(inside)
            or not _CARETS.match(carets[len(inside) :].rstrip("\n"))
        ):
            return [line]
        self._next = None
        return [line, carets]


def _column(margin: str, shown: list[str], segments: list[Segment]) -> int:
    """The column that the carets of a frame begin at: a line of an output made small holds several statements.

    Python shows the line without its indentation, which is before the first segment of a line made small.
    """
    if len(shown) < _WITH_CARETS:
        return 0
    carets = shown[1][len(margin) + _SHOWN_INDENT :]
    return segments[0].column + len(carets) - len(carets.lstrip(" "))


def _told(source: Path, named: str) -> str:
    """The source's path: absolute where the trace's was, else from the working folder where that is shorter."""
    path = os.path.normpath(source)
    if Path(named).is_absolute() or named.startswith("file://"):
        return str(Path(path).absolute())
    return path

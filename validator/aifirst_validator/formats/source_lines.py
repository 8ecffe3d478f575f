"""The line of source that a finding points at, ready to be shown with a mark under it.

Why it is here: a caret stands right only when tabs, wide characters and escaped controls are counted as
they are displayed, and a line of a minified file has to be cut around the caret, not printed.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from aifirst_validator.formats.visible_text import character_width, visible

Sources = Callable[[str], str | None]
"""Gives the text of a file by its path in the report, None where it cannot be read."""

_TAB = 4
_WIDEST = 100


class MarkedLine(msgspec.Struct, frozen=True):
    """A line as displayed: `before` columns, then `length` columns under the mark.

    `start` and `end` say the same in characters of `text`.
    """

    text: str
    before: int
    length: int
    start: int
    end: int


class SourceLines:
    """Lines of the files of one report. Only the last file asked for is kept, as findings come by file."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._path: str | None = None
        self._lines: list[str] | None = None

    def lines(self, path: str) -> list[str] | None:
        """The lines of a file without their newlines (those of `positions`), None where it is unreadable."""
        if path != self._path:
            text = self._sources(path)
            self._path = path
            self._lines = None if text is None else text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines

    def line(self, path: str, number: int) -> str | None:
        """Line `number` (from 1), None where there is none."""
        lines = self.lines(path)
        return lines[number - 1] if lines is not None and 0 < number <= len(lines) else None


def mark_line(line: str, start: int, end: int | None, width: int = _WIDEST) -> MarkedLine:
    """The line cut to `width` columns around the characters [start, end), from 0; end None: to its end.

    The mark covers at least one column; one that starts after the line's end stands there.
    """
    start = min(max(start, 0), len(line))
    end = len(line) if end is None else min(max(end, start), len(line))
    if len(line) <= width and line.isascii() and line.isprintable():
        return MarkedLine(line, start, max(end - start, 1), start, end)
    cut_left = len(line) > 8 * width and start > 2 * width
    left = start - 2 * width if cut_left else 0
    window = line[left : left + 8 * width]
    cells, widths = _cells(window)
    start, end = start - left, min(end - left, len(window))
    first, last = 0, len(cells)
    if cut_left or len(window) < len(line) or sum(widths) > width:
        first, last = _shown_cells(widths, start, width - 2)
    lead = "…" if first or cut_left else ""
    tail = "…" if last < len(cells) or left + len(window) < len(line) else ""
    end = max(start, min(end, last))
    head = lead + "".join(cells[first:start])
    marked = "".join(cells[start:end])
    return MarkedLine(
        head + marked + "".join(cells[end:last]) + tail,
        sum(widths[first:start]) + len(lead),
        max(sum(widths[start:end]), 1),
        len(head),
        len(head) + len(marked),
    )


def _cells(line: str) -> tuple[list[str], list[int]]:
    """How each character is displayed, and in how many columns; tabs go to the next stop."""
    if line.isascii() and line.isprintable():
        return list(line), [1] * len(line)
    cells: list[str] = []
    widths: list[int] = []
    column = 0
    for character in line:
        if character == "\t":
            shown, columns = " " * (_TAB - column % _TAB), _TAB - column % _TAB
        else:
            shown = visible(character)
            columns = len(shown) if shown != character else character_width(character)
        cells.append(shown)
        widths.append(columns)
        column += columns
    return cells, widths


def _shown_cells(widths: list[int], start: int, width: int) -> tuple[int, int]:
    """Which cells of a line that is too wide are shown: from the line's own first where the mark is near it,
    else from a third of the width before the mark.
    """
    first = 0
    if sum(widths[: start + 1]) > width * 2 // 3:
        first, taken = start, 0
        while first > 0 and taken + widths[first - 1] <= width // 3:
            first -= 1
            taken += widths[first]
    last, taken = first, 0
    while last < len(widths) and taken + widths[last] <= width:
        taken += widths[last]
        last += 1
    return first, max(last, start)

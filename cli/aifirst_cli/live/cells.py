"""Text of a given width in a terminal, where a character has one cell, two or none, and its style."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Style = Literal["plain", "bold", "dim", "good", "bad", "now", "warn"]
_CODES: Final[dict[str, str]] = {
    "plain": "", "bold": "\x1b[1m", "dim": "\x1b[2m", "good": "\x1b[32m", "bad": "\x1b[31m", "now": "\x1b[36m",
    "warn": "\x1b[33m",
}  # fmt: skip


class Span(NamedTuple):
    """Text in one style."""

    text: str
    style: Style = "plain"


Line = tuple[Span, ...]


def width_of(text: str) -> int:
    """How many cells a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int, end: str = "…") -> str:
    """The text, cut so that it takes at most so many cells, with `end` where something is missing."""
    if width_of(text) <= width:
        return text
    if width <= width_of(end):
        return end[:width] if end.isascii() else end * (width > 0)
    kept: list[str] = []
    room = width - width_of(end)
    for char in text:
        room -= width_of(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + end


def fill(text: str, width: int, end: str = "…") -> str:
    """The text in exactly so many cells."""
    shown = cut(text, width, end)
    return shown + " " * (width - width_of(shown))


def cut_line(line: Iterable[Span], width: int, end: str = "…") -> Line:
    """A line that takes at most so many cells."""
    kept: list[Span] = []
    for span in line:
        shown = cut(span.text, width, end)
        kept.append(Span(shown, span.style))
        width -= width_of(shown)
        if shown != span.text or width <= 0:
            break
    return tuple(kept)


def plain(line: Line) -> str:
    """The text alone."""
    return "".join(span.text for span in line)


def styled(line: Line) -> str:
    """The text with the codes of its styles."""
    return "".join(
        f"{_CODES[span.style]}{span.text}\x1b[0m" if _CODES[span.style] else span.text for span in line
    )

"""What the terminal can show, and how text is coloured for it.

Why it is here, and not rich: the formats give back a string, most runs print to a pipe or a log, and
5,000 findings have to be rendered in a moment; six styles of the sixteen colours that every terminal's
theme defines are all they need.

Left out: cursor movement, progress, anything that is not a plain stream of lines.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TextIO

import msgspec

from aifirst_validator.formats.visible_text import character_width, display_width

Style = Literal["strong", "faint", "accent", "error", "warning", "note", "good"]
_CODES: dict[Style, str] = {
    "strong": "\x1b[1m",
    "faint": "\x1b[2m",
    "accent": "\x1b[36m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[33m",
    "note": "\x1b[94m",
    "good": "\x1b[32m",
}
_RESET = "\x1b[0m"
_DEFAULT_WIDTH = 80


class Terminal(msgspec.Struct, frozen=True):
    """Where text goes. `width` is in columns, 0 where there is none (a file); `unicode` allows block
    characters and lines.
    """

    colour: bool = False
    width: int = 0
    unicode: bool = True

    def paint(self, text: str, style: Style) -> str:
        """The text in the style; unchanged without colour or where there is no text."""
        return f"{_CODES[style]}{text}{_RESET}" if self.colour and text else text

    def shorten(self, text: str, columns: int) -> str:
        """The text cut at its end to at most `columns`, with an ellipsis where it was cut."""
        if display_width(text) <= columns:
            return text
        mark = "…" if self.unicode else "..."
        return _head(text, columns - len(mark)) + mark

    def shorten_path(self, path: str, columns: int) -> str:
        """The path cut at its start to at most `columns`: its end says more."""
        if display_width(path) <= columns:
            return path
        mark = "…" if self.unicode else "..."
        return mark + _head(path[::-1], columns - len(mark))[::-1]


PLAIN = Terminal()


def terminal_of(stream: TextIO, environment: Mapping[str, str]) -> Terminal:
    """What the stream can show.

    `NO_COLOR` (no-color.org) turns colour off, `FORCE_COLOR` turns it on where the stream is no terminal;
    `COLUMNS` overrules the width that the terminal reports.
    """
    is_terminal = stream.isatty()
    colour = is_terminal and environment.get("TERM") != "dumb"
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        colour = True
    if environment.get("NO_COLOR"):
        colour = False
    return Terminal(colour, _width_of(stream, environment, is_terminal), _shows_blocks(stream))


def _width_of(stream: TextIO, environment: Mapping[str, str], is_terminal: bool) -> int:
    columns = environment.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    if not is_terminal:
        return 0
    try:
        return os.get_terminal_size(stream.fileno()).columns or _DEFAULT_WIDTH
    except (OSError, ValueError):
        return _DEFAULT_WIDTH


def _shows_blocks(stream: TextIO) -> bool:
    try:
        "█▏─│…×".encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _head(text: str, columns: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += character_width(character)
        if taken > columns:
            return text[:index]
    return text

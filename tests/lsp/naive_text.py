r"""The protocol's texts as plainly as they can be written: what the server's are compared with.

A text is a str; a line ends at \n, \r\n or \r; a column counts code units by encoding what stands before it.
"""

from __future__ import annotations

import re
from typing import Final

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z|\Z")
CODECS: Final = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
ODD: Final = [
    "\n",
    "\r",
    "\r\n",
    "\f",
    "\x0b",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "é",
    "ß",
    "中",
    "😀",
    "👩‍🚀",
    "a",
    "\t",
    " ",
]
"""What other programs take for the end of a line, what takes more than one unit, and what is plain."""
HALVES: Final = ["\ud83d", "\ude00"]
"""What a client that counts UTF-16 units may send alone."""


def lines_of(text: str) -> list[str]:
    """The lines with their ends; the last one may be empty."""
    found: list[str] = []
    at = 0
    while True:
        match = _LINE.match(text, at)
        assert match is not None
        found.append(match.group())
        at = match.end()
        if at == len(text) and not found[-1].endswith(("\n", "\r")):
            return found


def units(text: str, encoding: str) -> int:
    """How many code units a text has."""
    codec, size = CODECS[encoding]
    return len(text.encode(codec, "surrogatepass")) // size


def joined(text: str) -> str:
    """The text with each two halves of a surrogate pair that stand side by side made one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def position_at(text: str, index: int, encoding: str) -> tuple[int, int]:
    """The line and column of a character; of one inside of an end of line, the end of the line."""
    lines = lines_of(text)
    for number, line in enumerate(lines):
        if index < len(line) or number == len(lines) - 1:
            return number, units(line[: min(index, len(line.rstrip("\r\n")))], encoding)
        index -= len(line)
    raise AssertionError("the last line is reached")


def index_of(text: str, line: int, column: int, encoding: str) -> int:
    """The character at a position, or the nearest one before it."""
    lines = lines_of(text)
    if line >= len(lines):
        return len(text)
    start = sum(map(len, lines[:line]))
    content = lines[line].rstrip("\r\n")
    index = 0
    while index < len(content) and units(content[: index + 1], encoding) <= column:
        index += 1
    return start + index


def replaced(text: str, start: tuple[int, int], end: tuple[int, int], new: str, encoding: str) -> str:
    """The text with what stands between two positions replaced."""
    first, last = sorted((index_of(text, *start, encoding), index_of(text, *end, encoding)))
    return text[:first] + new + text[last:]

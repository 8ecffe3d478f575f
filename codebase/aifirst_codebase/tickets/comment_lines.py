"""Splits a text into comment lines: prefix, body and tail, which together are the line again.

The lossless layer below tickets and assembly lines. It knows the comment markers `#`, `//`, `--`, `;`
and the ` * ` of a `/* */` block, not languages; lines end at "\\n" only, so a CR stays in the tail.
"""

import re
from typing import Literal

from msgspec import Struct

Family = Literal["#", "//", "--", ";", "*", ""]
"""The kind of comment marker; "" is a line that is no comment."""

_PREFIX = re.compile(r"[ \t]*(?:(#+)|(//+!?)|(--)|(;+)|(/\*+!?|\*+(?!/)))[ \t]?")
_FAMILIES: tuple[Family, ...] = ("#", "//", "--", ";", "*")
_BAR = re.compile(r"[ \t]*={20,}\Z")
_SHORT_BAR = re.compile(r"[ \t]*={10,19}\Z")


class CommentLine(Struct, frozen=True):
    """One line; `prefix + body + tail` is its exact text and `start` the offset of the prefix.

    The prefix holds indentation, marker and one blank; the body keeps further indentation; the tail
    holds trailing blanks, a closing `*/` and the line end. `closes` is true when the tail ends a block.
    """

    prefix: str
    body: str
    tail: str
    start: int
    family: Family
    closes: bool = False

    @property
    def text(self) -> str:
        """The line as it stands in the source, line end included."""
        return self.prefix + self.body + self.tail

    @property
    def body_start(self) -> int:
        """Offset of the body's first character."""
        return self.start + len(self.prefix)

    @property
    def body_end(self) -> int:
        """Offset after the body's last character."""
        return self.start + len(self.prefix) + len(self.body)

    @property
    def end(self) -> int:
        """Offset after the line end."""
        return self.body_end + len(self.tail)

    @property
    def is_bar(self) -> bool:
        """True for a comment line of at least 20 `=` and nothing else."""
        return self.family != "" and _BAR.match(self.body) is not None

    @property
    def is_short_bar(self) -> bool:
        """True for a comment line of 10 to 19 `=`: meant as a bar, too short to be one."""
        return self.family != "" and _SHORT_BAR.match(self.body) is not None

    @property
    def is_gap(self) -> bool:
        """True for a line of blanks outside any comment."""
        return self.family == "" and not self.body


def read_line(text: str, start: int) -> CommentLine:
    """The line of `text` that begins at `start`; at the end of the text an empty line."""
    newline = text.find("\n", start)
    raw = text[start:] if newline < 0 else text[start : newline + 1]
    match = _PREFIX.match(raw)
    if match is None:
        body = raw.strip(" \t\r\n\f\v")
        lead = raw[: len(raw) - len(raw.lstrip(" \t\r\n\f\v"))] if body else ""
        return CommentLine(lead, body, raw[len(lead) + len(body) :], start, "")
    family = _FAMILIES[(match.lastindex or 1) - 1]
    prefix = match[0]
    rest = raw[len(prefix) :]
    closing = rest.find("*/") if family == "*" else -1
    body = (rest if closing < 0 else rest[:closing].rstrip("*")).rstrip(" \t\r\n\f\v")
    return CommentLine(prefix, body, rest[len(body) :], start, family, closing >= 0)

"""Text of the judged project made safe to show: what steers a terminal or a parser becomes visible.

Why it is here: paths, names and messages come from files that anybody may have written. An escape
sequence would repaint the terminal, a bidirectional control would show other code than the one that
runs, a line break would forge a second finding, a lone surrogate (a path that is not UTF-8) cannot be
encoded. All of them are written as the escape a programmer knows (``\\x1b``, ``\\u202e``, ``\\n``).

Left out: the escaping that a format's own grammar demands, which is that format's work.
"""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_UNSAFE_EXCEPT_TAB_AND_NEWLINE = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
_SURROGATES = re.compile("[\ud800-\udfff]")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text on one line, every control, bidirectional mark and lone surrogate as its escape."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def visible_lines(text: str) -> str:
    """As `visible`, for text of several lines: newlines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE_EXCEPT_TAB_AND_NEWLINE.sub(_escape, text)


def encodable(text: str) -> str:
    """The text with lone surrogates as U+FFFD, so that it can be written as UTF-8; nothing else changes."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def display_width(text: str) -> int:
    """Columns that visible text takes in a terminal: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(map(character_width, text))


def character_width(character: str) -> int:
    """Columns that one visible character takes in a terminal: 0, 1 or 2 (Unicode Annex 11)."""
    if character < "\u0300":
        return 1
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else 1


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"

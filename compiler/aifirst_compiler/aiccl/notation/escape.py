"""Keeps text from being taken for the notation's own signs, and takes it back."""

from __future__ import annotations

import re

_TAG = re.compile(r"<(/?)(\\*)comp:")
_ESCAPED_TAG = re.compile(r"<(/?)\\(\\*)comp:")
_FENCE = re.compile(r"^```(\\*)mermaid", re.MULTILINE)
_ESCAPED_FENCE = re.compile(r"^```\\(\\*)mermaid", re.MULTILINE)
_IN_VALUE = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_OF_VALUE = {"\\": "\\", '"': '"', "n": "\n", "r": "\r"}
_NUMBERED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")


def escape_text(text: str) -> str:
    """A block's text as it is written."""
    return _TAG.sub(r"<\1\\\2comp:", text) if "comp:" in text else text


def unescape_text(text: str) -> str:
    """A block's text as it is meant."""
    return _ESCAPED_TAG.sub(r"<\1\2comp:", text) if "\\comp:" in text else text


def escape_prose(text: str) -> str:
    """Prose as it is written."""
    return _FENCE.sub(r"```\\\1mermaid", escape_text(text))


def unescape_prose(text: str) -> str:
    """Prose as it is meant."""
    return _ESCAPED_FENCE.sub(r"```\1mermaid", unescape_text(text))


def escape_value(value: str) -> str:
    """An attribute's value as it stands between its quotes."""
    return re.sub(r'[\\"\n\r]', lambda found: _IN_VALUE[found[0]], value)


def unescape_value(value: str) -> str:
    """An attribute's value as it is meant; a backslash before another character stands for itself."""
    return re.sub(r'\\([\\"nr])', lambda found: _OF_VALUE[found[1]], value)


def escape_exact(meaning: str) -> str:
    """A meaning of an exact map as it is written behind its sigil."""
    first, *further = meaning.split("\n")
    if first.startswith("\\"):
        first = "\\" + first
    return "\n".join((first, *(_escape_line(line) for line in further)))


def _escape_line(line: str) -> str:
    return "\\" + line if line and (line[0] >= "\x80" or line[0] == "\\" or line.startswith("//")) else line


def unescape_exact_line(line: str) -> str:
    """One line of an exact map's meaning as it is meant."""
    return line[1:] if line.startswith("\\") else line


def number_character(character: str) -> str:
    """A character by its number, as a whole meaning of an exact map."""
    return f"\\u{{{ord(character):x}}}"


def character_numbered(meaning: str) -> str:
    """The character that a whole meaning of an exact map gives by its number; empty where it gives none."""
    number = _NUMBERED.fullmatch(meaning)
    return chr(int(number[1], 16)) if number is not None and int(number[1], 16) < 0x110000 else ""

"""Where each key of a TOML text stands, which `tomllib` does not say.

A lexer of one regular expression, linear in the text, that knows strings, comments and brackets and
nothing else: it only runs on a text that `tomllib` has already accepted, and only when an error or
`config show` has a line to name. Keys inside an inline table have the position of that table.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

_LEXEME: Final = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}   # multi-line strings may end in two quotes of their own
    |"(?:\\.|[^"\\\n])*"|'[^'\n]*'
    |(?P<open>[\[{])|(?P<close>[\]}])|(?P<equals>=)|(?P<newline>\n)|(?P<word>[^\s\#"'\[\]{}=]+)""",
    re.VERBOSE | re.DOTALL,
)

Position = tuple[int, int]
"""Line and column, both from 1, in characters."""


def key_positions(text: str) -> dict[tuple[str, ...], Position]:
    """The position of the first mention of every table and key outside inline tables."""
    positions: dict[tuple[str, ...], Position] = {}
    table: tuple[str, ...] = ()
    line, counted = 1, 0
    for start, end, is_header in _statements(text):
        if is_header:
            names = table = _parse_key(text[start:end].strip("[] \t"))
        else:
            names = table + _parse_key(text[start:end].strip())
        line += text.count("\n", counted, start)
        counted = start
        place = (line, start - text.rfind("\n", 0, start))
        for depth in range(1, len(names)):
            positions.setdefault(names[:depth], place)
        if is_header:
            positions[names] = place  # over the line that first named the table as part of another
        else:
            positions.setdefault(names, place)
    return positions


def find_position(positions: dict[tuple[str, ...], Position], key: tuple[str, ...]) -> Position | None:
    """The position of a key, or of the nearest table around it that has one."""
    for depth in range(len(key), 0, -1):
        if key[:depth] in positions:
            return positions[key[:depth]]
    return None


def _statements(text: str) -> list[tuple[int, int, bool]]:
    """Every table header and every key before its `=`, as (start, end, whether a header)."""
    found: list[tuple[int, int, bool]] = []
    depth, start, state = 0, -1, ""
    for lexeme in _LEXEME.finditer(text):
        kind = lexeme.lastgroup
        if kind == "newline" and depth == 0:
            start, state = -1, ""
        elif kind in ("newline", "comment"):
            continue
        elif state == "key" and kind == "equals":
            found.append((start, lexeme.start(), False))
            state = "value"
        elif state in ("header", "value") or (not state and kind == "open"):
            if not state:
                start, state = lexeme.start(), "header"
            depth += (kind == "open") - (kind == "close")
            if state == "header" and depth == 0:
                found.append((start, lexeme.end(), True))
                state = "value"  # nothing but a comment can follow
        elif not state:
            start, state = lexeme.start(), "key"
    return found


def _parse_key(text: str) -> tuple[str, ...]:
    """`a."b c".d` as its parts; only a quoted key needs the real parser."""
    if '"' not in text and "'" not in text:
        return tuple(part.strip() for part in text.split("."))
    node: Any = tomllib.loads(text + "=0")
    parts: list[str] = []
    while node != 0:
        name = next(iter(node))
        parts.append(name)
        node = node[name]
    return tuple(parts)

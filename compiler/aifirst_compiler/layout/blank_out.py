"""Python text with its strings and comments blanked out, byte for byte in the same places.

What is left can be searched for brackets, newlines and spaces by plain byte arithmetic, because each of them is
one of the code's own. Done by one regular expression and joins of its pieces, since nothing may be done per token.
The letters before a string's quote stay: they touch it, so they can be told from a word wherever it matters.

Left out: what the text means. Text of Python 3.12 whose strings end elsewhere than 3.11 says (quotes inside the
braces of an f-string) is not blanked out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aifirst_compiler.edits import Edit

COMMENT, STRING, OTHER = 1, 2, 3
"""What stands in the place of each byte of a comment, of a string, and of what an edit puts into the text."""

_ATOM = re.compile(
    rb"(#[^\r\n]*"
    rb'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"'
    rb"|'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*')",
    re.DOTALL,
)
_FORMATTED = re.compile(rb"[fFtT][rR]?\Z")
_DOUBLED = re.compile(rb"\{\{|\}\}")
_HASH = 35
_MOST = 256
_COMMENTS = [bytes([COMMENT]) * size for size in range(_MOST)]
_STRINGS = [bytes([STRING]) * size for size in range(_MOST)]


def blank_out(data: bytes, removed: Sequence[Edit]) -> bytearray | None:
    """The text with fillers in place of strings, comments and what `removed` writes, spaces where it writes nothing.

    None where a string may end elsewhere than Python 3.11 says.
    """
    pieces: list[bytes] = _ATOM.split(data)
    for at in range(1, len(pieces), 2):
        atom = pieces[at]
        size = len(atom)
        if atom[0] == _HASH:
            pieces[at] = _COMMENTS[size] if size < _MOST else _COMMENTS[1] * size
            continue
        if b"{" in atom and _FORMATTED.search(pieces[at - 1], len(pieces[at - 1]) - 2) and _is_open(atom):
            return None
        pieces[at] = _STRINGS[size] if size < _MOST else _STRINGS[1] * size
    blanked = bytearray(b"".join(pieces))
    if b'"' in blanked or b"'" in blanked:
        return None
    for start, end, text, _ in removed:
        _fill(blanked, data, start, end, text)
    return blanked


def _is_open(atom: bytes) -> bool:
    """Whether an f-string's braces do not close before its end, so that its end may be a quote inside them."""
    if b"{{" in atom or b"}}" in atom:
        atom = _DOUBLED.sub(b"", atom)
    return atom.count(b"{") != atom.count(b"}")


def _fill(blanked: bytearray, data: bytes, start: int, end: int, text: bytes) -> None:
    if text.strip():
        start, end = inner(data, start, end)
        blanked[start:end] = bytes([COMMENT if text.lstrip().startswith(b"#") else OTHER]) * (end - start)
        return
    # Newlines inside the stretch are those of a comment or string; one at its end closes the line.
    closes = data[end - 1] in b"\r\n" or b"\n" in text
    blanked[start:end] = b" " * (end - start - 1) + (b"\n" if closes else b" ")


def inner(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The stretch without the white space at its ends."""
    body = data[start:end]
    return start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())

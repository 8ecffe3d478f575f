r"""The texts that the client has open, kept equal to the client's, byte by byte.

A text is UTF-8 bytes with an index of its lines, made once a version; a line ends at \n, \r\n or \r and nowhere else,
as the protocol says, so that a form feed or U+2028 moves no edit to another line. Half of a surrogate pair, which a
client that counts UTF-16 units may send alone, is kept as it is and joined when its other half comes.

A document is a value: an edit makes a new one, and who holds the old one keeps what it saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from aifirst_codebase.positions import LineIndex, PositionEncoding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lsprotocol.types import TextDocumentContentChangeEvent

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()


class Document(msgspec.Struct, frozen=True, eq=False):
    """One version of one open text. `notebook` is the uri of the notebook whose cell it is, "" for none."""

    uri: str
    language_id: str
    version: int
    lines: LineIndex
    notebook: str = ""

    @property
    def data(self) -> bytes:
        """The text as UTF-8; half surrogate pairs as three bytes each, like any other."""
        return self.lines.data

    @property
    def clean_data(self) -> bytes:
        """The text as valid UTF-8: what has no place there is U+FFFD, which is as long, so that offsets agree."""
        data = self.data
        return _without_halves(data) if b"\xed" in data else data


def open_document(uri: str, language_id: str, version: int, text: str, notebook: str = "") -> Document:
    """A document with the text a client sent."""
    return Document(uri, language_id, version, _index(encode(text)), notebook)


def changed(
    document: Document,
    version: int,
    changes: Iterable[TextDocumentContentChangeEvent],
    encoding: PositionEncoding,
) -> Document:
    """The document after changes, in their order; each counts positions in the text that the one before left.

    A position that does not exist is the nearest one before it; a range that runs backwards is turned round.
    """
    lines = document.lines
    for change in changes:
        text = encode(change.text)
        place = getattr(change, "range", None)
        if place is not None:
            start = lines.to_byte(place.start.line, place.start.character, encoding)
            end = lines.to_byte(place.end.line, place.end.character, encoding)
            start, end = min(start, end), max(start, end)
            text = b"".join((lines.data[:start], text, lines.data[end:]))
        lines = _index(text)
    return Document(document.uri, document.language_id, version, lines, document.notebook)


def encode(text: str) -> bytes:
    """UTF-8 of a text that may hold half surrogate pairs."""
    return text.encode("utf-8", "surrogatepass")


def _index(data: bytes) -> LineIndex:
    """The lines of a text with its halves joined, after each change: the next one counts what they are together."""
    return LineIndex(_join_halves(data) if b"\xed" in data else data)


def _join_halves(data: bytes) -> bytes:
    """The text with every high half that stands before a low one made the character that they are."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogatepass")
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return encode(joined)
    return data


def _without_halves(data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogatepass")
        return b"".join(
            _REPLACEMENT if "\ud800" <= one <= "\udfff" else one.encode() for one in text
        )  # rare, and a text that long is seldom
    return data

"""Bytes of a text and positions of the protocol, in whatever units the client counts.

The work is `aifirst_codebase.positions`; here are the protocol's own types. Everything is clamped into the text.
"""

from __future__ import annotations

from aifirst_codebase.positions import LineIndex, PositionEncoding
from lsprotocol.types import Position, Range


def position_at(lines: LineIndex, byte: int, encoding: PositionEncoding) -> Position:
    """The position of a byte."""
    return Position(*lines.to_line_column(byte, encoding))


def range_of(lines: LineIndex, start: int, end: int, encoding: PositionEncoding) -> Range:
    """The range of the bytes [start, end)."""
    return Range(position_at(lines, start, encoding), position_at(lines, end, encoding))


def byte_at(lines: LineIndex, position: Position, encoding: PositionEncoding) -> int:
    """The byte of a position."""
    return lines.to_byte(position.line, position.character, encoding)


def bytes_of(lines: LineIndex, place: Range, encoding: PositionEncoding) -> tuple[int, int]:
    """The bytes of a range, turned round where it runs backwards."""
    start, end = byte_at(lines, place.start, encoding), byte_at(lines, place.end, encoding)
    return (start, end) if start <= end else (end, start)

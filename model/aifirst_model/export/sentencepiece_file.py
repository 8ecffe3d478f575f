"""Reads tokenizer.model, SentencePiece's own file, without the package: the pieces with their scores and kinds.

Format: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto; of the message only the
pieces are read. The kinds have the numbers that GGUF has.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec

from aifirst_model.checkpoint.read_json import MOST_TOKENIZER, read_bytes
from aifirst_model.export.export_error import ExportError


class Piece(msgspec.Struct, frozen=True):
    """A token: its text, how early it is merged (higher is earlier), and its kind."""

    text: str
    score: float
    kind: int = 1


def read_pieces(path: Path) -> list[Piece]:
    """The pieces in the order of their numbers. Raises `ExportError` for a file that is broken."""
    data = read_bytes(path, MOST_TOKENIZER)
    try:
        pieces = [_piece(value) for field, value in _fields(data) if field == 1 and isinstance(value, bytes)]
    except (ValueError, IndexError, struct.error):
        raise ExportError(f"{path} is broken", "fetch it again") from None
    if not pieces:
        raise ExportError(f"{path} holds no tokens", "fetch it again")
    return pieces


def _piece(data: bytes) -> Piece:
    told = dict(_fields(data))
    text, score, kind = told.get(1, b""), told.get(2, b"\0\0\0\0"), told.get(3, 1)
    if not (isinstance(text, bytes) and isinstance(score, bytes) and isinstance(kind, int)):
        raise ValueError(data)
    return Piece(text.decode("utf-8"), struct.unpack("<f", score)[0], kind)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Each field's number and value: a number, or bytes (for four and eight bytes, too)."""
    place = 0
    while place < len(data):
        key, place = _number(data, place)
        wire = key & 7
        if wire == 0:
            value, place = _number(data, place)
            yield key >> 3, value
            continue
        length = {1: 8, 5: 4}.get(wire)
        if length is None:
            if wire != 2:
                raise ValueError(wire)
            length, place = _number(data, place)
        if place + length > len(data):
            raise ValueError(length)
        yield key >> 3, data[place : place + length]
        place += length


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next thing begins."""
    value, shift = 0, 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7

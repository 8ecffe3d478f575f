"""The file of a static embedder: one row of numbers a word, small enough to ship, ready to use when mapped.

Layout: the magic, the length of a JSON header, the header, then the arrays one after the other, each beginning
at a multiple of 8: the CRC-32 of every word of the vocabulary in rising order (uint32), a factor a row (float32),
the rows (half a byte a number, as `quantise` packs them). The rows of the vocabulary come first, in the order of
`keys`, then those of the buckets that all other words share. The words themselves are not kept: two of them with
one CRC-32 share a row.
"""

from __future__ import annotations

import mmap
import zlib
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.identity import STATIC_MAGIC, StaticHeader, read_header
from aifirst_memory.embedding.quantise import packed, packed_width


class StaticTable(msgspec.Struct, frozen=True):
    """The arrays of a file: `keys` (vocabulary), `factors` (rows), `rows` (rows, bytes), read-only."""

    header: StaticHeader
    keys: NDArray[np.uint32]
    factors: NDArray[np.float32]
    rows: NDArray[np.uint8]


def read_static(path: Path) -> StaticTable:
    """Read the file. Raises `EmbedderError` where it is missing or damaged (its arrays are not summed again)."""
    header, at = read_header(path)
    data = _mapped(path)
    count, width = header.vocabulary + header.buckets, packed_width(header.dimension)
    try:
        keys = np.frombuffer(data, np.uint32, header.vocabulary, at)
        at = _aligned(at + keys.nbytes)
        factors = np.frombuffer(data, np.float32, count, at)
        at = _aligned(at + factors.nbytes)
        rows = np.frombuffer(data, np.uint8, count * width, at).reshape(count, width)
    except ValueError as error:
        raise EmbedderError(f"{path} is no embedder or damaged ({error}): install aifirst anew") from error
    return StaticTable(header, keys, factors, rows)


def _mapped(path: Path) -> mmap.mmap | bytes:
    """The file's bytes; what is not looked at is not read, and processes have them in common."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def write_static(
    path: Path, keys: NDArray[np.uint32], factors: NDArray[np.float32], rows: NDArray[np.int8], teacher: str
) -> None:
    """Write the file; `keys` in rising order, the rows of the buckets behind those of the keys."""
    body = b"".join(_padded(array.tobytes()) for array in (keys, factors, packed(rows)))
    header = StaticHeader(len(keys), len(rows) - len(keys), rows.shape[1], teacher, zlib.crc32(body))
    text = msgspec.json.encode(header)
    path.write_bytes(_padded(STATIC_MAGIC + len(text).to_bytes(8, "little") + text) + body)


def _aligned(at: int) -> int:
    return (at + 7) & ~7


def _padded(data: bytes) -> bytes:
    return data.ljust(_aligned(len(data)), b"\0")

"""A shared library of Linux without what only a debugger reads, as `strip` makes it, whatever machine it is for.

All bytes that no segment loads are left out where they end the file, and are zero elsewhere: nothing moves.
"""

from __future__ import annotations

import struct
from typing import Final

_ELF_64: Final = b"\x7fELF\x02\x01"
_HEADER: Final = 64
_LOADED: Final = 1


def strip_library(data: bytes) -> bytes:
    """The library as it is loaded; anything else than 64-bit ELF comes back as it is."""
    if not data.startswith(_ELF_64):
        return data
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    kept = [(0, _HEADER), (table, table + size * count)]
    for number in range(count):
        kind, _, start, _, _, length = struct.unpack_from("<IIQQQQ", data, table + number * size)
        if kind == _LOADED:
            kept.append((start, start + length))
    stripped = bytearray(max(end for _, end in kept))
    for start, end in kept:
        stripped[start:end] = data[start:end]
    struct.pack_into("<Q", stripped, 40, 0)  # there is no table of sections any more
    struct.pack_into("<HHH", stripped, 58, 0, 0, 0)
    return bytes(stripped)

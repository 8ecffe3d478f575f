"""Packs a column of whole numbers that are mostly small, and unpacks it at the speed of memory.

A number below 255 is one byte; the others leave a mark and go, split into their four byte planes, to a second
stream (the patching of M. Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", 2006). Both are deflated.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARK = 255
_HEADER = struct.Struct("<II")
_FAST = 1


def pack_numbers(numbers: NDArray[np.uint32]) -> bytes:
    """The column as bytes."""
    small = np.minimum(numbers, _MARK).astype(np.uint8)
    large = numbers[small == _MARK].astype("<u4")
    planes = large.view(np.uint8).reshape(-1, 4).T.tobytes()
    first = zlib.compress(small.tobytes(), _FAST)
    return _HEADER.pack(len(numbers), len(first)) + first + zlib.compress(planes, _FAST)


def unpack_numbers(packed: bytes) -> NDArray[np.uint32]:
    """The column that was packed; raises `ValueError` or `zlib.error` where the bytes are damaged."""
    size, first = _HEADER.unpack_from(packed)
    small = np.frombuffer(zlib.decompress(packed[_HEADER.size : _HEADER.size + first]), np.uint8)
    if len(small) != size:
        raise ValueError("a column of the lexical index is shorter than it says")
    planes = np.frombuffer(zlib.decompress(packed[_HEADER.size + first :]), np.uint8)
    numbers = small.astype(np.uint32)
    numbers[small == _MARK] = np.ascontiguousarray(planes.reshape(4, -1).T).view("<u4").ravel()
    return numbers

"""Vectors in few bits: half a byte a component where they are kept, a byte where they are searched.

All vectors share one scale, so that products of their levels compare as they are. At equal size more components of
four bits find more than fewer of eight (`benchmarks/results/embedding.md`). What deviates most is cut off.
"""

from __future__ import annotations

import zlib
from math import sqrt

import numpy as np
from numpy.typing import NDArray

LEVELS = 7
"""A component is a whole number from -7 to 7."""
_DEVIATIONS = 2.5
"""A component of a unit vector of d dimensions deviates by 1/sqrt(d): from here on it is cut off."""
_LARGEST_OF_QUERY = 127


def scale(dimension: int) -> float:
    """The level of a component of 1, were it not cut off."""
    return LEVELS / min(1.0, _DEVIATIONS / sqrt(dimension))


def quantised(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Rows of levels for rows of length 1 or 0. A row depends on its own vector alone."""
    scaled = np.rint(vectors * np.float32(scale(vectors.shape[1])))
    return np.clip(scaled, -LEVELS, LEVELS).astype(np.int8)


def quantised_query(vector: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A query in whole numbers up to 127, and what its product with a row is multiplied by to be that of vectors.

    Whole numbers make the product exact whatever computes it, and some searches drop fractions.
    """
    largest = float(np.abs(vector).max(initial=0.0))
    up = _LARGEST_OF_QUERY / largest if largest else 1.0
    return np.rint(vector * np.float32(up)), 1 / (up * scale(len(vector)))


def restored(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    """The vectors that rows of levels stand for, of length 1 or a little less."""
    return rows.astype(np.float32) / np.float32(scale(rows.shape[1]))


def packed(rows: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Levels two in a byte, the first in its lower half; an odd dimension leaves the last half empty."""
    halves = (rows + 8).astype(np.uint8)
    low, high = halves[:, ::2], halves[:, 1::2]
    result = low.copy()
    result[:, : high.shape[1]] |= high << 4
    return result


def unpacked(data: NDArray[np.uint8], dimension: int) -> NDArray[np.int8]:
    """The levels that `packed` put away."""
    rows = np.empty((len(data), data.shape[1] * 2), np.int8)
    rows[:, ::2] = data & 15
    rows[:, 1::2] = data >> 4
    rows -= 8
    return rows[:, :dimension]


def deflated(rows: NDArray[np.uint8]) -> bytes:
    """Packed rows for the disk: small levels are frequent, so a Huffman code takes an eighth off, at the speed of
    memory; and what is damaged is noticed.
    """
    coder = zlib.compressobj(1, strategy=zlib.Z_HUFFMAN_ONLY)
    return coder.compress(rows.tobytes()) + coder.flush()


def inflated(data: bytes, dimension: int) -> NDArray[np.uint8]:
    """The rows that `deflated` put away. Raises `zlib.error` or `ValueError` for what is damaged."""
    return np.frombuffer(zlib.decompress(data), np.uint8).reshape(-1, packed_width(dimension))


def packed_width(dimension: int) -> int:
    """Bytes of a row that is packed."""
    return (dimension + 1) // 2


def normalised(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows at length 1; a row of zeros stays."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    lengths[lengths == 0] = 1
    return (rows / lengths[:, None]).astype(np.float32)

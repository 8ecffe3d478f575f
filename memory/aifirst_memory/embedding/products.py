"""Inner products of many rows with one vector, on the thread that asks.

BLAS hands a product of this size to a pool of threads. On a machine that is busy, and for a product of a
millisecond, waiting for them costs ten to a hundred times what they save; blocks of few rows it computes at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROWS_AT_ONCE = 512


def products(
    rows: NDArray[np.float32] | NDArray[np.int8], vector: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The inner product of every row with the vector; rows of bytes become numbers block by block, in the cache."""
    result = np.empty(len(rows), np.float32)
    block = np.empty((min(_ROWS_AT_ONCE, len(rows)), len(vector)), np.float32)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        if some.dtype != np.float32:
            block[: len(some)] = some
            some = block[: len(some)]
        some.dot(vector, out=result[start : start + len(some)])
    return result

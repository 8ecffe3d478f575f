"""Vectors as bytes: a row of int8 keeps the direction of a vector, and its length is 1 by definition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LARGEST = np.float32(127)


def quantised(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Rows of int8, the largest component of each at 127; zeros stay. A row depends on its own vector alone."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    largest[largest == 0] = 1
    return np.rint(vectors * (_LARGEST / largest)).astype(np.int8)


def restored(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    """The vectors of length 1 that rows stand for; zeros stay zeros."""
    vectors = rows.astype(np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    lengths[lengths == 0] = 1
    vectors /= lengths[:, None]
    return vectors

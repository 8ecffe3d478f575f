"""Vectors as bytes, one a component.

All vectors share one scale, so that products of their bytes compare as they are. It leaves room for components far
above the ordinary in a vector of length 1; what is larger still is cut off.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

_LARGEST = 127
_DEVIATIONS = 6.0
"""A component of a unit vector of d dimensions deviates by 1/sqrt(d): beyond six of these it is cut off."""


def scale(dimension: int) -> float:
    """What a byte counts for, the other way round: 127 stands for 127 / scale."""
    return _LARGEST / min(1.0, _DEVIATIONS / sqrt(dimension))


def quantised(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Rows of int8 for rows of length 1 or 0. A row depends on its own vector alone."""
    scaled = np.rint(vectors * np.float32(scale(vectors.shape[1])))
    return np.clip(scaled, -_LARGEST, _LARGEST).astype(np.int8)


def quantised_query(vector: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """A query in whole numbers up to 127, and what its product with a row is multiplied by to be that of vectors.

    Whole numbers make the product exact whatever computes it (up to a thousand components), and some searches
    drop fractions.
    """
    largest = float(np.abs(vector).max(initial=0.0))
    up = _LARGEST / largest if largest else 1.0
    return np.rint(vector * np.float32(up)), 1 / (up * scale(len(vector)))


def restored(rows: NDArray[np.int8]) -> NDArray[np.float32]:
    """The vectors that rows stand for; their length is 1 within a hundredth, but for what was cut off."""
    return rows.astype(np.float32) / np.float32(scale(rows.shape[1]))


def normalised(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows at length 1; a row of zeros stays."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    lengths[lengths == 0] = 1
    return (rows / lengths[:, None]).astype(np.float32)

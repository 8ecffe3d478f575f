"""Search over rows of bytes by NumPy alone, for who has no FAISS: the same hits, some ten times slower.

That is the server which the extension brings along. It makes no vectors by default, but a project may name an embedder
of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.products import products
from aifirst_memory.embedding.quantise import quantised_query


class ScanIndex:
    """What `faiss_index.ByteIndex` is: exact search by inner product over rows of int8."""

    def __init__(self, dimension: int) -> None:
        self._rows = np.zeros((0, dimension), np.int8)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: NDArray[np.int8]) -> None:
        """Add rows behind those there are."""
        self._rows = np.concatenate([self._rows, rows])

    def search(
        self, vector: NDArray[np.float32], k: int, wanted: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and numbers of the up to `k` best rows for which `wanted` is true, best first, ties by number."""
        chosen = np.flatnonzero(wanted)
        query, factor = quantised_query(vector)
        scores = products(self._rows, query)[chosen]
        order = np.argsort(-scores, kind="stable")[: max(k, 0)]
        return np.multiply(scores[order], factor, dtype=np.float32), chosen[order].astype(np.int64)

"""FAISS behind two small classes, the only place that touches it: its Python types say little.

`FlatIndex` compares with every vector. FAISS: Douze et al., "The Faiss library" (2024).
"""

from __future__ import annotations

from typing import Any, cast

import faiss  # pyright: ignore[reportMissingTypeStubs]  # FAISS ships no types
import numpy as np
from numpy.typing import NDArray

_faiss = cast("Any", faiss)
Found = tuple[NDArray[np.float32], NDArray[np.int64]]


class FlatIndex:
    """Exact search by inner product."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._index = _faiss.IndexFlatIP(vectors.shape[1])
        self.add(vectors)

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Add vectors behind those there are."""
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, np.float32))

    @property
    def vectors(self) -> NDArray[np.float32]:
        """All vectors, a view that holds until the next `add`."""
        index = self._index
        if not index.ntotal:
            return np.zeros((0, index.d), np.float32)
        flat: NDArray[np.float32] = _faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
        return flat.reshape(index.ntotal, index.d)

    def search(self, vector: NDArray[np.float32], k: int, wanted: NDArray[np.bool_]) -> Found:
        """Scores and row numbers of the up to `k` best rows for which `wanted` is true, best first."""
        k = min(k, int(np.count_nonzero(wanted)))
        if k <= 0:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        bits = np.packbits(wanted, bitorder="little")
        chosen = None if wanted.all() else _faiss.IDSelectorBitmap(len(wanted), _faiss.swig_ptr(bits))
        parameters = _faiss.SearchParameters(sel=chosen) if chosen is not None else None
        query = np.ascontiguousarray(vector, np.float32)[None]
        scores, rows = self._index.search(query, k, params=parameters)
        kept = rows[0] >= 0
        return scores[0][kept], rows[0][kept]

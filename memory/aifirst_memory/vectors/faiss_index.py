"""Search over rows of bytes by FAISS, the only place that touches it: its Python types say little.

One exact scan, whatever the size. A scan over bytes takes 0.2 ms for the 57,000 vectors of Django and 5 ms for a
million on one core (`benchmarks/results/embedding.md`), so lists or graphs of neighbours, which take seconds to
build and lose one hit in twenty, would buy nothing below some millions.

FAISS: Douze et al., "The Faiss library" (2024).
"""

from __future__ import annotations

from typing import Any, cast

import faiss  # pyright: ignore[reportMissingTypeStubs]  # FAISS ships no types
import numpy as np
from numpy.typing import NDArray

from aifirst_memory.embedding.quantise import quantised_query

_faiss = cast("Any", faiss)


class ByteIndex:
    """Exact search by inner product over rows of int8."""

    def __init__(self, dimension: int) -> None:
        kind = _faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._index = _faiss.IndexScalarQuantizer(dimension, kind, _faiss.METRIC_INNER_PRODUCT)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, rows: NDArray[np.int8]) -> None:
        """Add rows behind those there are."""
        if len(rows):
            codes = np.bitwise_xor(
                np.ascontiguousarray(rows).view(np.uint8), 0x80
            )  # FAISS keeps a signed byte as itself plus 128
            self._index.add_sa_codes(codes)

    def search(
        self, vector: NDArray[np.float32], k: int, wanted: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and numbers of the up to `k` best rows for which `wanted` is true, best first, ties by number."""
        count = int(np.count_nonzero(wanted))
        k = min(k, count)
        if k <= 0:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        bits = np.packbits(wanted, bitorder="little")  # has to live as long as the search
        chosen = _faiss.IDSelectorBitmap(len(wanted), _faiss.swig_ptr(bits)) if count < len(wanted) else None
        parameters = _faiss.SearchParameters(sel=chosen) if chosen is not None else None
        query, factor = quantised_query(vector)  # FAISS cuts fractions off a query
        products, rows = self._index.search(query[None], k, params=parameters)
        order = np.lexsort((rows[0], -products[0]))
        return np.multiply(products[0][order], factor, dtype=np.float32), rows[0][order]

"""MinHash signatures by rensa, and which texts share a band of theirs: the candidates for being nearly the same.

Broder, "On the resemblance and containment of documents" (1997); banding as in Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", chapter 3. 20 bands of 6 rows find two texts of Jaccard 0.8 with a chance of 0.998, of
0.7 with 0.92. What is found is only a candidate: who uses it measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from aifirst_model.dataset.similar.shingles import Numbers
from aifirst_model.errors import NeedsExtraError
from aifirst_model.heavy import heavy

BANDS: Final = 20
ROWS: Final = 6
_SEED: Final = 42
_PRIME: Final = np.uint64(0x100000001B3)


def load_rensa() -> Any:
    """The package that hashes; raises `NeedsExtraError`, which says what to do without it."""
    try:
        return heavy("rensa", "train")
    except NeedsExtraError as error:
        raise NeedsExtraError(
            error.what, f"{error.next_step}, or leave only exact duplicates out (--exact-only)"
        ) from None


def band_numbers(shingles: Sequence[Numbers]) -> Numbers:
    """A matrix of a row a text and a column a band: texts with an equal number in one column are candidates.

    Raises `NeedsExtraError` where rensa is not installed.
    """
    rensa = load_rensa()
    lengths = np.fromiter((len(one) for one in shingles), np.int64, len(shingles))
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    flat = np.concatenate(shingles) if len(shingles) else np.zeros(0, np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        flat, offsets, num_perm=BANDS * ROWS, seed=_SEED
    )
    rows = np.array(matrix.to_rows(), np.uint64).reshape(len(shingles), BANDS, ROWS)
    mixed = np.full((len(shingles), BANDS), np.uint64(0xCBF29CE484222325))
    for row in range(ROWS):
        mixed = (mixed ^ rows[:, :, row]) * _PRIME
        mixed ^= mixed >> np.uint64(31)
    return mixed

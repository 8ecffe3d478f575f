"""Which of many short texts are nearly another one: by MinHash, each candidate measured on its whole shingles.

The shingles of all texts are held in memory, 2 kB for a text of 100 tokens; for sets that fit a machine, not for corpora.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from aifirst_model.dataset.similar.min_hash import band_numbers
from aifirst_model.dataset.similar.shingles import Numbers, TokenNumbers, jaccard, shingles_of

LIKENESS: Final = 0.8
"""Jaccard index of the shingles from which on a text repeats another."""
_BATCH: Final = 2000
_MOST: Final = 32
"""Texts of one band that a text is compared with."""


def near_repeats(texts: Iterable[str]) -> set[int]:
    """The numbers of those that repeat an earlier one that stays. Raises `NeedsExtraError` without rensa."""
    known = TokenNumbers()
    kept: dict[int, Numbers] = {}
    bands: dict[tuple[int, int], list[int]] = {}
    dropped: set[int] = set()
    number = 0
    stream = iter(texts)
    while shingles := [shingles_of(text, known) for text in islice(stream, _BATCH)]:
        for own, row in zip(shingles, band_numbers(shingles), strict=True):
            places = [(band, int(value)) for band, value in enumerate(row)]
            others = {other for place in places for other in bands.get(place, ())[:_MOST]}
            if any(jaccard(own, kept[other]) >= LIKENESS for other in sorted(others)):
                dropped.add(number)
            else:
                kept[number] = own
                for place in places:
                    bands.setdefault(place, []).append(number)
            number += 1
    return dropped

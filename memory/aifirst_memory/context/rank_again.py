"""Ranks what the steps found, and what else the best files have, once more: by the ranker of units that ships.

What the steps agree upon is one of many things that it looks at. It has learnt from commits which units the message
leads to; so it speaks for a query, and not for places that a request names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from aifirst_model.relevance.tree_file import RelevanceFileError
from aifirst_model.relevance.unit_rank import rank_units

from aifirst_memory.context.candidate import SEARCHED
from aifirst_memory.context.sources import Searched, StepList, UnitPlace
from aifirst_memory.context.steps.rank import Ranked

_LOOKED_AT: Final = 160
"""Units that are told of: more than are ever opened."""
_OF_FILE: Final = "of a file that fits"
_SHARE_OF_STEPS: Final = 0.03
"""What a unit scores at least of what the steps agree upon: among those that the ranker thinks little of, they decide.
More of it gives more files by name and fewer of the lines that matter.
"""


def rank_again(
    searched: Searched,
    lists: Sequence[StepList],
    fused: Sequence[Ranked],
    factor_of: Callable[[UnitPlace], float],
) -> tuple[Sequence[Ranked], tuple[str, ...]]:
    """The best units by the ranker, with a notice where its file is damaged and all stays as it was fused."""
    if searched.measure is None or not searched.units:
        return fused, ()
    measured = searched.measure(lists, fused)
    try:
        scores = rank_units(measured.columns)
    except RelevanceFileError as error:
        return fused, (f"units are ranked by what the steps agree upon: {error}",)
    scores = np.maximum(scores, _SHARE_OF_STEPS * measured.columns["fused"])
    scores[measured.named] = 1.0
    rows: list[int] = np.argsort(-scores, kind="stable")[:_LOOKED_AT].tolist()
    places = measured.places(rows)
    weighed = [score * factor_of(place) for score, place in zip(scores[rows].tolist(), places, strict=True)]
    best = max(weighed, default=1.0)
    known = {one.place: one for one in fused}
    said: list[float] = measured.columns["lexical"][rows].tolist()
    found: list[Ranked] = []
    for place, score, words in zip(places, weighed, said, strict=True):
        before = known.get(place)
        step = "file" if before is None else before.step
        reasons = (SEARCHED if words > 0 else _OF_FILE,) if before is None else before.reasons
        found.append(Ranked(place, round(score / best, 6), step, reasons))
    return sorted(found, key=lambda one: (-one.score, one.place)), ()

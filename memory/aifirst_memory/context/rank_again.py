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

_MOST: Final = 160
"""Units that are told of: more than are ever opened."""
_OF_FILE: Final = "of a file that fits"


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
    scores[measured.named] = 1.0
    rows = np.argsort(-scores, kind="stable")[: _MOST * 2].tolist()
    known = {one.place: one for one in fused}
    said = measured.columns["lexical"]
    found: list[Ranked] = []
    for row, place in zip(rows, measured.places(rows), strict=True):
        before = known.get(place)
        reasons = (SEARCHED if said[row] > 0 else _OF_FILE,) if before is None else before.reasons
        step = "file" if before is None else before.step
        found.append(Ranked(place, float(scores[row]) * factor_of(place), step, reasons))
    best = max((one.score for one in found), default=1.0)
    again = [one._replace(score=round(one.score / best, 6)) for one in found]
    return sorted(again, key=lambda one: (-one.score, one.place))[:_MOST], ()

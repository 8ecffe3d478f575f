"""Step 4: the units nearest to the targets by embedding, from the `top_k` nearest files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.job import StepJob, distinct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aifirst_memory.vectors.reader import VectorReader

WEIGHT: Final = 1.0
_LOOKED_AT: Final = 4
_MOST_SEEDS: Final = 12
_LEAST: Final = 0.05
"""A likeness below is none: a small project would have everything like everything (0.00)."""


def find_nearest(job: StepJob) -> list[StepList]:
    """The nearest to the middle of the seeds' vectors, so that one search answers for all of them."""
    vectors = job.sources.vectors()
    top_k = job.request.top_k
    if vectors is None or top_k < 1:
        return []
    ids = [unit_id for place in job.seeds[:_MOST_SEEDS] if (unit_id := job.unit_id(place)) is not None]
    middle = _middle(vectors, ids)
    if middle is None:
        return []
    scores = vectors.score_units(middle)
    scores[[unit_id for unit_id in ids if unit_id < len(scores)]] = 0
    found: list[Found] = []
    files: set[str] = set()
    for score, place in _best(job, scores, top_k * _LOOKED_AT):
        files.add(place.path)
        if len(files) > top_k:
            break
        found.append(Found(place, f"like {job.name(job.seeds[0])} ({score:.2f})"))
    return [StepList("embedding", WEIGHT, distinct(found, job.seeds))]


def _middle(vectors: VectorReader, ids: Sequence[int]) -> NDArray[np.float32] | None:
    """The mean of the units' vectors at length 1, the first ones counting most; None where there are none."""
    import numpy as np

    own = [vector for unit_id in ids if (vector := vectors.unit_vector(unit_id)) is not None]
    if not own:
        return None
    weights = 1 / np.sqrt(np.arange(1, len(own) + 1, dtype=np.float32))
    middle = (weights @ np.stack(own)).astype(np.float32)
    length = float(np.linalg.norm(middle))
    return middle / np.float32(length) if length else None


def _best(job: StepJob, scores: NDArray[np.float32], most: int) -> list[tuple[float, UnitPlace]]:
    """The units with the highest scores; equal ones by place, which no history of the index changes."""
    import numpy as np

    most = min(most, len(scores))
    if not most:
        return []
    best = np.argpartition(-scores, most - 1)[:most]
    found: list[tuple[float, UnitPlace]] = []
    for unit_id, score in zip(best.tolist(), scores[best].tolist(), strict=True):
        place = job.places.place(unit_id)
        if place is not None and score >= _LEAST:
            found.append((round(score, 5), place))
    return sorted(found, key=lambda one: (-one[0], one[1]))

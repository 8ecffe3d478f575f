"""Step 4: the units nearest to the targets by embedding, from the `top_k` nearest files."""

from __future__ import annotations

from typing import Final

from aifirst_memory.context.sources import Found, StepList
from aifirst_memory.context.steps.job import StepJob, distinct

WEIGHT: Final = 1.0
_LOOKED_AT: Final = 4
_MOST_SEEDS: Final = 12


def find_nearest(job: StepJob) -> list[StepList]:
    """The nearest to the middle of the seeds' vectors, so that one search answers for all of them."""
    import numpy as np

    vectors = job.sources.vectors()
    top_k = job.request.top_k
    if vectors is None or top_k < 1:
        return []
    ids = [unit_id for place in job.seeds[:_MOST_SEEDS] if (unit_id := job.unit_id(place)) is not None]
    own = [vector for unit_id in ids if (vector := vectors.unit_vector(unit_id)) is not None]
    if not own:
        return []
    weights = 1 / np.sqrt(np.arange(1, len(own) + 1, dtype=np.float32))
    middle = (weights @ np.stack(own)).astype(np.float32)
    length = float(np.linalg.norm(middle))
    if not length:
        return []
    scores = vectors.score_units(middle / length)
    scores[[unit_id for unit_id in ids if unit_id < len(scores)]] = 0
    most = min(top_k * _LOOKED_AT, len(scores))
    best = np.argpartition(-scores, most - 1)[:most] if most else np.zeros(0, np.intp)
    best = best[np.lexsort((best, -scores[best]))]
    found: list[Found] = []
    files: set[str] = set()
    for unit_id, score in zip(best.tolist(), scores[best].tolist(), strict=True):
        place = job.places.place(unit_id)
        if place is None or score <= 0:
            continue
        files.add(place.path)
        if len(files) > top_k:
            break
        found.append(Found(place, f"like {job.name(job.seeds[0])} ({score:.2f})"))
    return [StepList("embedding", WEIGHT, distinct(found, job.seeds))]

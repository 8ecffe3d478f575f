"""Step 6: what speaks of the same concepts as the query or the targets."""

from __future__ import annotations

from typing import Final

from aifirst_memory.concepts.queries import files_sharing_concepts, find_concepts, units_of
from aifirst_memory.context.sources import Found, StepList, UnitPlace
from aifirst_memory.context.steps.job import StepJob, distinct

WEIGHT: Final = 1.0
_CONCEPTS: Final = 4
_UNITS_OF_EACH: Final = 6
_SHARING: Final = 8
_MOST: Final = 24
_LONGEST_QUERY: Final = 2_000


def find_by_concept(job: StepJob) -> list[StepList]:
    """Units of the concepts that the query means, then files that share rare concepts with the targets."""
    connection = job.sources.connection
    found: list[Found] = []
    if job.request.query:
        for concept in find_concepts(connection, job.request.query[:_LONGEST_QUERY], _CONCEPTS):
            speaking = units_of(connection, concept.concept, _UNITS_OF_EACH)
            found += [
                Found(UnitPlace(one.path, one.unit), f"speaks of {concept.concept}") for one in speaking
            ]
    if job.request.files:
        for path in job.paths[:2]:
            for sharing in files_sharing_concepts(connection, path, _SHARING):
                told = f"shares {', '.join(sharing.concepts[:2])} with {path.rpartition('/')[2]}"
                found.append(Found(UnitPlace(sharing.path, 0), told))
    return [StepList("concepts", WEIGHT, distinct(found, job.seeds)[:_MOST])]

"""Merging: a base and what changed since, made one base. What is said of both is also what search must see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aifirst_memory.lexical.documents import Documents, join_documents, read_files
from aifirst_memory.lexical.postings import Postings, build_segment, join_postings, postings_of_segment
from aifirst_memory.lexical.stored import Base, DeltaRow

if TYPE_CHECKING:
    from numpy.typing import NDArray


def standing_documents(base: Documents, rows: Sequence[DeltaRow]) -> Documents:
    """The files of the base that no row replaces or removes."""
    replaced = np.array([row.file_id for row in rows], np.int64)
    return base.chosen(~np.isin(base.file_ids, replaced))


def living_units(base: Documents, standing: Documents) -> NDArray[np.bool_]:
    """For every unit id of the base, whether it is one of the standing files."""
    alive = np.zeros(int(base.unit_ids().max(initial=0)) + 1, np.bool_)
    alive[standing.unit_ids()] = True
    return alive


def read_rows(rows: Sequence[DeltaRow]) -> tuple[Postings, Documents]:
    """What the rows add."""
    return read_files([row.now for row in rows if row.now is not None])


def merge(base: Base, rows: Sequence[DeltaRow]) -> Base:
    """The base that says what base and rows say together."""
    added, added_documents = read_rows(rows)
    standing = standing_documents(base.documents, rows)
    documents = join_documents([standing, added_documents]).by_file()
    rest = _standing_postings(base, standing)
    return Base(build_segment(join_postings([rest, added])), documents)


def _standing_postings(base: Base, standing: Documents) -> Postings:
    """The postings of the base that are of these files."""
    postings = postings_of_segment(base.segment)
    stands = living_units(base.documents, standing)[postings.units]
    return Postings(
        postings.words,
        postings.entries[stands],
        postings.fields[stands],
        postings.units[stands],
        postings.counts[stands],
    )

"""The contents of the lexical index as lines, free of ids, to compare one way of coming there with another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import numpy as np

from aifirst_memory.lexical.merge import merge
from aifirst_memory.lexical.postings import FIELDS, postings_of_segment
from aifirst_memory.lexical.stored import read_base, read_delta


def dump_lines(connection: sqlite3.Connection) -> Iterator[str]:
    """One line a posting and one a length that is not 0, by path, unit (index in its file), field and word."""
    base = merge(read_base(connection), read_delta(connection))
    paths: dict[int, str] = dict(connection.execute("SELECT file_id, path FROM file"))
    documents = base.documents
    places = {
        first + unit: (paths[file], unit)
        for file, first, units in zip(
            documents.file_ids.tolist(), documents.first_units.tolist(), documents.units.tolist(), strict=True
        )
        for unit in range(units)
    }
    postings = postings_of_segment(base.segment)
    keys = postings.words[postings.entries].tolist()
    columns = postings.units.tolist(), postings.fields.tolist(), keys, postings.counts.tolist()
    lines = [
        (*places[unit], field, f"{key:08x}", count) for unit, field, key, count in zip(*columns, strict=True)
    ]
    unit_ids = documents.unit_ids().tolist()
    for field, column in zip(*(axis.tolist() for axis in np.nonzero(documents.lengths)), strict=True):
        length = int(documents.lengths[field, column])
        lines.append((*places[unit_ids[column]], field, "length", length))
    for path, unit, field, key, count in sorted(lines):
        yield f"{path}\t{unit}\t{FIELDS[field]}\t{key}\t{count}"

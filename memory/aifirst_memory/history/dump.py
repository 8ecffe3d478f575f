"""The history as lines that depend on the commits only: what an update must leave as a new reading would."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import numpy as np

from aifirst_memory.history.columns import RENAMED
from aifirst_memory.history.merge_columns import merge_columns
from aifirst_memory.history.stored import read_columns, read_state


def dump(connection: sqlite3.Connection) -> Iterator[str]:
    """One line a commit, newest first, after a line on the whole."""
    state = read_state(connection)
    if state is None:
        return
    yield f"head {state.head} {state.head_time} complete {state.complete} {state.reason}".rstrip()
    columns = merge_columns(read_columns(connection), state.positions)
    word_ends, file_ends = np.cumsum(columns.word_counts).tolist(), np.cumsum(columns.file_counts).tolist()
    words = list(zip(columns.keys[columns.words].tolist(), columns.occurrences.tolist(), strict=True))
    before = iter(columns.before.tolist())
    files: list[str] = []
    for file, kind in zip(columns.files.tolist(), columns.kinds.tolist(), strict=True):
        old = f" from {columns.paths[next(before)]!r}" if kind == RENAMED else ""
        files.append(f"{chr(kind)} {columns.paths[file]!r}{old}")
    for i, one in enumerate(columns.ids.tolist()):
        held = words[word_ends[i] - int(columns.word_counts[i]) : word_ends[i]]
        changed = files[file_ends[i] - int(columns.file_counts[i]) : file_ends[i]]
        yield (
            f"{one:016x} {int(columns.times[i])} {int(columns.sizes[i])} {columns.subjects[i]!r} "
            f"words {sorted(held)} files {changed}"
        )

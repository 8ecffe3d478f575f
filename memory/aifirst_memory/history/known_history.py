"""What is known of the history before it is read, and what a reading found; without NumPy: all starts import it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from aifirst_memory.history.history_status import HistoryStatus
from aifirst_memory.history.settings import HistorySettings
from aifirst_memory.history.stored import HistoryState, read_rows, read_state


class KnownHistory(msgspec.Struct, frozen=True):
    """What is stored, as a reading needs it."""

    state: HistoryState | None
    ids: tuple[int, ...]


class HistoryReading(msgspec.Struct, frozen=True):
    """What one reading found. `order` holds positions in what was known, or in `data` after all of that."""

    based_on: int
    state: HistoryState | None
    """None: nothing has to be stored, `status` says why."""
    fresh: bool
    """Whether it replaces what was known."""
    data: bytes
    subjects: bytes
    """The vectors of the subjects of the commits in `data`, made here so that who writes need not."""
    status: HistoryStatus


def known_history(connection: sqlite3.Connection) -> KnownHistory:
    """What is stored now."""
    state = read_state(connection)
    if state is None:
        return KnownHistory(None, ())
    from aifirst_memory.history.columns import unpack_ids

    return KnownHistory(state, tuple(one for _, data in read_rows(connection) for one in unpack_ids(data)))


def read_beside(root: Path, settings: HistorySettings, known: KnownHistory) -> HistoryReading:
    """`update.read_history` for another process to call, which is the one that imports what it needs."""
    from aifirst_memory.history.update import read_history

    return read_history(root, settings, known)

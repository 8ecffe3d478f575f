"""What is stored of the history: rows of many commits each, and one row that says which of them count.

The order of the commits is kept apart from them: a commit that HEAD no longer reaches is not in the order,
one that a merge brought in stands where a new log would have it, and neither touches what is stored.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # NumPy takes a tenth of a second to import, and this module is imported at every start
    import numpy as np
    from numpy.typing import NDArray

    from aifirst_memory.history.columns import Columns

VERSION = 1
"""Another number makes what was stored be read anew: raise it with every change of what is kept."""


class ReadUnder(msgspec.Struct, frozen=True, array_like=True):
    """What a reading depends on besides HEAD. Where one of these differs, all is read anew."""

    version: int
    folder: str
    """The project's folder in the repository."""
    boundary: tuple[str, ...]
    """Where a shallow clone ends."""


class HistoryState(msgspec.Struct, frozen=True, array_like=True):
    """What is stored. `order` holds the positions, over all rows in turn, of the commits that count."""

    counter: int
    head: str
    head_time: int
    max_commits: int
    under: ReadUnder
    exact_renames: bool
    complete: bool
    reason: str
    """Why the history is missing or not whole; empty where it is whole."""
    order: bytes

    @property
    def positions(self) -> NDArray[np.int64]:
        """The positions of the commits that count, newest first."""
        import numpy as np

        return np.cumsum(np.frombuffer(zlib.decompress(self.order), "<i4"), dtype=np.int64)


def pack_order(positions: NDArray[np.int64]) -> bytes:
    """Positions as `HistoryState.order` keeps them."""
    import numpy as np

    return zlib.compress(np.diff(positions, prepend=0).astype("<i4").tobytes(), 6)


def read_state(connection: sqlite3.Connection) -> HistoryState | None:
    """What the database says of the history; None where nothing is stored that this version can read."""
    row = connection.execute("SELECT data FROM history_state").fetchone()
    try:
        return None if row is None else msgspec.msgpack.decode(row[0], type=HistoryState)
    except msgspec.DecodeError:
        return None


def write_state(connection: sqlite3.Connection, state: HistoryState) -> None:
    """Replace the state."""
    connection.execute("INSERT OR REPLACE INTO history_state VALUES (1, ?)", (msgspec.msgpack.encode(state),))


def read_rows(connection: sqlite3.Connection) -> list[tuple[int, bytes]]:
    """The rows of commits in their order."""
    return connection.execute("SELECT batch, data FROM history_commits ORDER BY batch").fetchall()


def read_columns(connection: sqlite3.Connection) -> list[Columns]:
    """The commits of every row."""
    from aifirst_memory.history.columns import unpack_columns

    return [unpack_columns(data) for _, data in read_rows(connection)]


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Generator[None]:
    """The transaction that is open, or a new one; `BEGIN` alone is enough to read one state."""
    if connection.in_transaction:
        yield
        return
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise

"""Brings the stored history up to what HEAD reaches now, reading only the commits that are not stored.

Always the newest commits that a new log would list, in its order: what is stored already is looked up by id,
the rest is read, and what is no longer listed stops counting. So a commit, a merge, a reset, a rebase and
another branch are all the same case, and the result is what reading everything anew would give.

Reading (`read_history`) writes nothing and may run beside other work, in a thread or in another process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from aifirst_codebase.git import Git, GitError, commit_id, shallow_boundary
from numpy.typing import NDArray

from aifirst_memory.history.build_columns import ColumnsBuilder
from aifirst_memory.history.columns import as_integers, id_prefix, pack_columns, unpack_ids
from aifirst_memory.history.history_status import HistoryStatus
from aifirst_memory.history.known_history import HistoryReading, KnownHistory, known_history
from aifirst_memory.history.merge_columns import merge_columns
from aifirst_memory.history.read_log import FOLDER_LIMIT, LogReader, list_commits, seconds_of
from aifirst_memory.history.schema import SCHEMA
from aifirst_memory.history.settings import HistorySettings
from aifirst_memory.history.stored import (
    VERSION,
    HistoryState,
    ReadUnder,
    pack_order,
    read_columns,
    read_rows,
    read_state,
    transaction,
    write_state,
)
from aifirst_memory.history.subject_vectors import embed_subjects, fill_subjects, keep_subjects

__all__ = [
    "SCHEMA", "HistoryReading", "HistoryStatus", "KnownHistory", "StaleHistoryError", "known_history",
    "read_history", "store_history", "update_history",
]  # fmt: skip

_MOST_ROWS = 32
_NOWHERE = ReadUnder(VERSION, "", ())
_OFF = "The history is switched off. Index without --no-history to have it."
_NO_COMMIT = "The repository has no commit yet. Commit, then index again."
_LEFT_OVER = "Time was up before all commits were read. Index again for the rest."
_CANCELLED = "Reading the history was cancelled. Index again."


class StaleHistoryError(Exception):
    """The stored history changed since it was looked at; read again."""


def update_history(
    connection: sqlite3.Connection,
    root: Path,
    settings: HistorySettings | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> HistoryStatus:
    """Read what is new and store it, in one transaction: the one that is open, or else its own.

    Never raises for what git cannot give: the status says why there is no history. When `cancelled` answers
    true nothing is stored.
    """
    reading = read_history(root, settings or HistorySettings(), known_history(connection), cancelled)
    return store_history(connection, reading)


def read_history(
    root: Path,
    settings: HistorySettings,
    known: KnownHistory,
    cancelled: Callable[[], bool] | None = None,
) -> HistoryReading:
    """Ask git for the commits that are not known. Touches no database."""
    if not settings.enabled:
        return _nothing(known, _OFF)
    try:
        git = Git(root)
        head = commit_id(git, "HEAD")
        if head is None:
            return _nothing(known, _NO_COMMIT)
        return _Reader(git, head, settings, known, cancelled).read()
    except GitError as error:
        return _nothing(known, str(error))


def store_history(connection: sqlite3.Connection, reading: HistoryReading) -> HistoryStatus:
    """Write what a reading found; raises `StaleHistoryError` where something else was stored meanwhile."""
    if reading.state is None:
        return reading.status
    with transaction(connection):
        before = read_state(connection)
        if (before.counter if before else 0) != reading.based_on:
            raise StaleHistoryError("The history was updated meanwhile. Read it again.")
        if reading.fresh:
            connection.execute("DELETE FROM history_commits")
        if reading.data:
            cursor = connection.execute(
                "INSERT INTO history_commits SELECT coalesce(max(batch), 0) + 1, ? FROM history_commits",
                (reading.data,),
            )
            keep_subjects(connection, cursor.lastrowid or 0, len(reading.data), reading.subjects)
        write_state(connection, _merged(connection, reading.state))
        fill_subjects(connection)
    return reading.status


def _merged(connection: sqlite3.Connection, state: HistoryState) -> HistoryState:
    """Make one row of all where a tenth of the commits is no longer in the first row, or no longer counts."""
    rows = read_rows(connection)
    if not rows:
        return state
    counting = len(state.positions)
    outside = sum(len(unpack_ids(data)) for _, data in rows[1:])
    useless = len(unpack_ids(rows[0][1])) + outside - counting
    if len(rows) <= _MOST_ROWS and max(outside, useless) <= max(64, counting // 10):
        return state
    merged = merge_columns(read_columns(connection), state.positions)
    connection.execute("DELETE FROM history_commits")
    connection.execute("INSERT INTO history_commits VALUES (1, ?)", (pack_columns(merged),))
    return msgspec.structs.replace(state, order=pack_order(np.arange(counting, dtype=np.int64)))


class _Reader:
    """One reading of one repository."""

    def __init__(
        self,
        git: Git,
        head: str,
        settings: HistorySettings,
        known: KnownHistory,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._git = git
        self._head = head
        self._settings = settings
        self._known = known
        self._cancelled = cancelled
        self._boundary = shallow_boundary(git)
        folder = git.run("rev-parse", "--show-prefix").decode("utf-8", "backslashreplace").strip()
        self._within = FOLDER_LIMIT if folder else ()
        self._under = ReadUnder(VERSION, folder, tuple(sorted(self._boundary)))

    def read(self) -> HistoryReading:
        state = self._known.state
        if state is None or state.under != self._under or not state.head:
            return self._read_fresh()
        if state.complete and state.head == self._head and state.max_commits == self._settings.max_commits:
            status = HistoryStatus(
                commits=len(state.positions), head=state.head, complete=True, reason=state.reason
            )
            return HistoryReading(state.counter, None, fresh=False, data=b"", subjects=b"", status=status)
        return self._read_new(state)

    def _read_fresh(self) -> HistoryReading:
        """Everything, with git finding renames by what files hold; by their bytes where contents are missing."""
        for exact in (False, True):
            reader, builder = self._log(exact), ColumnsBuilder()
            for commit in reader.newest(self._head, self._settings.max_commits):
                builder.add(commit, with_files=commit.id not in self._boundary)
            if reader.complete or reader.was_cancelled or reader.timed_out:
                break
        else:
            return _nothing(self._known, "git log failed. Run git fsck to see what is wrong.")
        if reader.was_cancelled:
            return _unchanged(self._known, _CANCELLED)
        order = np.arange(len(builder), dtype=np.int64)
        return self._found(builder, order, fresh=True, exact=exact, complete=reader.complete)

    def _read_new(self, state: HistoryState) -> HistoryReading:
        """What is listed now and is not known, in the same way as what is."""
        listed = list_commits(self._git, self._head, self._settings.max_commits, self._within)
        known = {one: position for position, one in enumerate(self._known.ids)}
        unknown = [commit for commit in listed if id_prefix(commit) not in known]
        reader, builder = self._log(state.exact_renames), ColumnsBuilder()
        if unknown:
            for commit in reader.named(unknown):
                builder.add(commit, with_files=commit.id not in self._boundary)
            if reader.was_cancelled:
                return _unchanged(self._known, _CANCELLED)
            if not (reader.complete or reader.timed_out):
                return self._read_fresh()
        known.update({one: len(self._known.ids) + i for i, one in enumerate(builder.ids)})
        positions = [known[one] for one in map(id_prefix, listed) if one in known]
        order = np.array(positions, np.int64)
        complete = not unknown or reader.complete
        return self._found(builder, order, fresh=False, exact=state.exact_renames, complete=complete)

    def _log(self, exact: bool) -> LogReader:
        return LogReader(
            self._git,
            within=self._within,
            exact_renames=exact,
            seconds=self._settings.seconds,
            cancelled=self._cancelled,
        )

    def _found(
        self, builder: ColumnsBuilder, order: NDArray[np.int64], *, fresh: bool, exact: bool, complete: bool
    ) -> HistoryReading:
        before = self._known.state
        time = self._git.run(
            "log", "-1", "-s", "--encoding=UTF-8", "--no-show-signature", "--format=%ct", self._head
        ).strip()
        reason = "" if complete else _LEFT_OVER
        state = HistoryState(
            (before.counter if before else 0) + 1, self._head, seconds_of(time),
            self._settings.max_commits, self._under, exact, complete, reason, pack_order(order),
        )  # fmt: skip
        ids = [*(() if fresh else self._known.ids), *builder.ids]
        counting = {ids[position] for position in as_integers(order)}
        listed = as_integers(before.positions) if before else []
        counted = {self._known.ids[position] for position in listed}
        status = HistoryStatus(
            commits=len(order), read=len(builder), dropped=len(counted - counting), head=self._head,
            complete=complete, reason=reason,
        )  # fmt: skip
        data = subjects = b""
        if len(builder):
            columns = builder.build()
            data, subjects = pack_columns(columns), embed_subjects(columns.subjects)
        return HistoryReading(before.counter if before else 0, state, fresh, data, subjects, status)


def _nothing(known: KnownHistory, reason: str) -> HistoryReading:
    """There is no history, so none is kept."""
    before = known.state
    counter = before.counter if before else 0
    dropped = len(before.positions) if before else 0
    state = HistoryState(
        counter + 1, "", 0, 0, _NOWHERE, False, False, reason, pack_order(np.empty(0, np.int64))
    )
    if before is not None and before.reason == reason and not dropped:
        return _unchanged(known, reason)
    status = HistoryStatus(dropped=dropped, reason=reason)
    return HistoryReading(counter, state, fresh=True, data=b"", subjects=b"", status=status)


def _unchanged(known: KnownHistory, reason: str) -> HistoryReading:
    state = known.state
    commits, head = (len(state.positions), state.head) if state else (0, "")
    status = HistoryStatus(commits=commits, head=head, complete=False, reason=reason)
    return HistoryReading(
        state.counter if state else 0, None, fresh=False, data=b"", subjects=b"", status=status
    )

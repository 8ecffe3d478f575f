"""The tables of the memory of work, as the steps that lead from each version to the next.

Nothing here can be computed again, so a version is never skipped: a new file goes through every step, an old
one through those it lacks, after it was copied. A step that was released is never changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final

from aifirst_memory.work.posting import index_all

APPLICATION_ID: Final = 0x41494D57


def _make_entries(connection: sqlite3.Connection) -> None:
    """Version 1: sessions, decisions and edits, their places and outcomes."""
    connection.execute(
        "CREATE TABLE entry (entry_id INTEGER PRIMARY KEY AUTOINCREMENT, session_id INTEGER NOT NULL,"
        " kind TEXT NOT NULL, at INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',"
        " alternatives TEXT NOT NULL DEFAULT '[]', before_digest TEXT NOT NULL DEFAULT '',"
        " after_digest TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '', ended INTEGER NOT NULL DEFAULT 0,"
        " outcome TEXT NOT NULL DEFAULT '')"
    )
    connection.execute("CREATE INDEX entry_by_session ON entry (session_id)")
    connection.execute(
        "CREATE TABLE place (path TEXT NOT NULL, unit TEXT NOT NULL, entry_id INTEGER NOT NULL,"
        " PRIMARY KEY (path, unit, entry_id)) WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX place_by_entry ON place (entry_id)")
    connection.execute(
        "CREATE TABLE outcome (outcome_id INTEGER PRIMARY KEY AUTOINCREMENT, entry_id INTEGER NOT NULL,"
        " result TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL)"
    )
    connection.execute("CREATE INDEX outcome_by_entry ON outcome (entry_id)")


def _make_search(connection: sqlite3.Connection) -> None:
    """Version 2: the words of every entry, and its vectors by embedder."""
    connection.execute(
        "CREATE TABLE posting (word TEXT NOT NULL, entry_id INTEGER NOT NULL, count INTEGER NOT NULL,"
        " PRIMARY KEY (word, entry_id)) WITHOUT ROWID"
    )
    connection.execute("CREATE INDEX posting_by_entry ON posting (entry_id)")
    connection.execute("CREATE TABLE length (entry_id INTEGER PRIMARY KEY, words INTEGER NOT NULL)")
    connection.execute(
        "CREATE TABLE vector (embedder TEXT NOT NULL, entry_id INTEGER NOT NULL, data BLOB NOT NULL,"
        " PRIMARY KEY (embedder, entry_id)) WITHOUT ROWID"
    )
    index_all(connection)


STEPS: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (_make_entries, _make_search)
"""Step n leads from version n to version n + 1."""
VERSION: Final = len(STEPS)


def migrate(connection: sqlite3.Connection, to: int = VERSION) -> None:
    """Take the steps that are missing, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for step in STEPS[version:to]:
            step(connection)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={max(version, to)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

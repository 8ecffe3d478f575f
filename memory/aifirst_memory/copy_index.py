"""Starts the index of a linked git worktree from that of the main one.

Most files are the same in both; their times are not, so the first run compares contents and parses what differs.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from aifirst_memory.store import discard, find_place, open_database, open_reader, transaction, write_meta
from aifirst_memory.worktrees import main_worktree


def copy_index(
    root: Path, path: Path, connection: sqlite3.Connection, schemas: tuple[str, ...]
) -> sqlite3.Connection:
    """Fill the new database at `path`, open as `connection`, from the main worktree's index where there is one.

    Returns the connection to go on with: the same, or one to an empty database where the copy failed.
    """
    main = main_worktree(root)
    if main is None:
        return connection
    source = open_reader(find_place(main))
    try:
        source.backup(connection)
        with transaction(connection):
            write_meta(connection, "run", "running 0 0 0")
    except sqlite3.Error:
        connection.close()
        discard(path)
        connection, _, _ = open_database(path, schemas)
    finally:
        source.close()
    return connection

"""Starts the index of a linked git worktree from that of the main one.

Most files are the same in both; their times are not, so the first run compares contents and parses what differs.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from aifirst_memory.store import discard, find_place, open_database, open_reader, transaction, write_meta


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


def main_worktree(root: Path) -> Path | None:
    """The folder that is to the main worktree what `root` is to its linked one; None where it is in none.

    gitrepository-layout(5): a linked worktree has a file `.git` with the line `gitdir: …`, and there a file
    `commondir` leads to the folder that all worktrees share.
    """
    for top in (root, *root.parents):
        mark = top / ".git"
        if mark.is_file():
            break
        if mark.exists():
            return None
    else:
        return None
    line = mark.read_text(encoding="utf-8", errors="surrogateescape").strip()
    if not line.startswith("gitdir: "):
        return None
    folder = top / line.removeprefix("gitdir: ")
    common = folder / "commondir"
    if not common.is_file():
        return None
    shared = (folder / common.read_text(encoding="utf-8", errors="surrogateescape").strip()).resolve()
    if shared.name != ".git":
        return None
    found = shared.parent / root.relative_to(top)
    return found if found.is_dir() else None

"""Opens the file of the memory of work so that nothing in it is ever lost.

It is no cache: a file of a newer version is left alone, an older one is copied before it is brought up to
date, a damaged one is set aside under another name and a new one begun. Any number of processes may have it
open; whoever writes waits for whoever else does.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from aifirst_codebase.cache.store import FOLDER

from aifirst_memory.planted_schema import PLANTED, has_planted_schema
from aifirst_memory.process_lock import LockTimeoutError, process_lock
from aifirst_memory.work.entries import WorkError
from aifirst_memory.work.schema import APPLICATION_ID, VERSION, migrate

NAME: Final = "work.db"
_WAIT_SECONDS: Final = 30.0
_CHECKED_BYTES: Final = 1_000_000
"""Size up to which the file is checked whenever it is opened; a larger one where damage was met in it."""
_SIBLINGS: Final = ("", "-wal", "-shm")


def open_database(folder: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """The database in that folder, made where there is none, and what the user should know of it.

    Raises `WorkError` where it cannot be used.
    """
    path = folder / NAME
    try:
        for own in (folder, path):
            if own.is_symlink():
                raise WorkError(f"{own} is a link, which is not followed: put the real one there")
        folder.mkdir(parents=True, exist_ok=True)
        if folder.name == FOLDER:
            with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as ignore:
                ignore.write("*\n")
        connection = _open_current(path)
        if connection is not None:
            return connection, ()
        with process_lock(folder / "work.lock", timeout=_WAIT_SECONDS):
            return _open_any(path)
    except LockTimeoutError as error:
        raise WorkError(
            f"process {error.holder} has kept {path} for too long: try again when it is done"
        ) from error
    except OSError as error:
        told = f"{path} cannot be used ({error.strerror}): see that {folder} can be written"
        raise WorkError(told) from error
    except sqlite3.Error as error:
        raise as_work_error(error, path) from error


def note_damage(path: Path) -> None:
    """Have the file checked when it is opened next."""
    with suppress(OSError):
        _suspect(path).open("x").close()  # a link that lies there is not followed


def _suspect(path: Path) -> Path:
    return path.with_name(f"{path.name}.suspect")


def as_work_error(error: sqlite3.Error, path: Path) -> WorkError:
    """What an error of the database means to who called."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return WorkError(
            f"the disk is full, so nothing was written to {path}: free some space and record it again"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return WorkError(f"another process has been writing {path} for too long: try again when it is done")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return WorkError(f"{path} cannot be written ({error}): see that it and its folder can")
    if is_damage(error):
        return WorkError(
            f"{path} is damaged ({error}): open it again, and it is set aside and a new one begun"
        )
    return WorkError(f"{path} cannot be used ({error}); what was written before is still there")


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file does not hold what a database of ours holds."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _open_current(path: Path) -> sqlite3.Connection | None:
    """The database where it is whole and of this version; None where something has to be done first."""
    if not path.exists():
        return None
    try:
        connection = _connect(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return None
    try:
        if _state(connection) == (APPLICATION_ID, VERSION) and not has_planted_schema(connection):
            suspect = _suspect(path).exists()
            small = path.stat().st_size <= _CHECKED_BYTES
            if not suspect and not (small and _damage(connection)):
                return connection
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            connection.close()
            raise
    connection.close()
    return None


def _state(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    return application, connection.execute("PRAGMA user_version").fetchone()[0]


def _damage(connection: sqlite3.Connection) -> str:
    """What a check of the file finds first, "" where it finds nothing."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return "" if found == "ok" else str(found).splitlines()[-1]


def _open_any(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """The same for any file, while no other process opens it: another may have done what is needed meanwhile."""
    notices: list[str] = []
    trouble = _trouble(path)
    _suspect(path).unlink(missing_ok=True)
    if trouble:
        notices.append(_set_aside(path, trouble))
    connection = _connect(path)
    try:
        application, version = _state(connection)
        if version > VERSION:
            raise WorkError(f"{path} was written by a newer aifirst: use that version, or move the file away")
        connection.execute("PRAGMA journal_mode=WAL")
        if version < VERSION or application != APPLICATION_ID:
            if version:
                notices.append(_back_up(connection, path, version))
            migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection, tuple(notices)


def _trouble(path: Path) -> str:
    """Why the file at `path` is not a database of ours; "" where it is one, or there is none."""
    if not path.exists() or path.stat().st_size == 0:
        return ""
    try:
        with closing(_connect(path)) as connection:
            application, version = _state(connection)
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if application != APPLICATION_ID and (application or version or tables):
                return "is the database of another program"
            damage = PLANTED if has_planted_schema(connection) else _damage(connection)
            return f"is damaged ({damage})" if damage else ""
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return f"is damaged ({error})"


def _set_aside(path: Path, trouble: str) -> str:
    number = 1
    while any((aside := path.with_name(f"{path.name}.damaged-{number}{end}")).exists() for end in _SIBLINGS):
        number += 1
    aside = path.with_name(f"{path.name}.damaged-{number}")
    for end in reversed(_SIBLINGS):
        sibling = path.with_name(path.name + end)
        if sibling.exists():
            sibling.replace(aside.with_name(aside.name + end))
    return f"{path} {trouble}: it was set aside as {aside.name}, and a new memory of work was begun"


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> str:
    """Copy the database as it is, WAL included."""
    copy = path.with_name(f"{path.name}.before-version-{version + 1}")
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as target:
        connection.backup(target)
    partial.replace(copy)
    return f"{path} was brought from version {version} to {VERSION}; a copy of how it was is {copy.name}"

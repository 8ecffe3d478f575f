"""The database of a project's memory: where it lies, opening it for one writer or many readers, its versions.

All of it is derived, so a version that is not ours and a file that is damaged are answered alike: the database
is made anew, and who asked is told why. SQLite in WAL mode: readers see the state of one moment across all
levels; a writer holds the lock file beside the database for as long as its run takes.

A bit that turned in a packed row is noticed when the row is read: what packs it adds a checksum. In the plain columns
of a row, and in the edges, it is not: SQLite's checksums would have to be built into it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aifirst_codebase.cache.store import FOLDER

from aifirst_memory.planted_schema import PLANTED, has_planted_schema
from aifirst_memory.process_lock import process_lock

SCHEMA_VERSION: Final = 5
"""Raise it with any change of a table or of what a blob means: an index of another version is rebuilt."""
_APPLICATION_ID: Final = 0x41494D31
NAME: Final = "memory.db"
_LOCK: Final = "memory.lock"
_SUFFIXES: Final = ("", "-wal", "-shm")


class StoreError(Exception):
    """The index cannot be kept or read; the message says the next step."""


class NoIndexError(StoreError):
    """There is no index of this project yet."""


@dataclass(frozen=True)
class StorePlace:
    """Where the memory of a project lies. `notice` is empty, or says why not in the project itself."""

    folder: Path
    notice: str = ""

    @property
    def path(self) -> Path:
        """The database."""
        return self.folder / NAME

    @property
    def lock(self) -> Path:
        """The lock file of the writer."""
        return self.folder / _LOCK


def find_place(root: Path) -> StorePlace:
    """The folder of the memory: `.aifirst` in the project, or the user's cache where that cannot be written.

    Nothing is made yet. Raises `StoreError` where neither can be written.
    """
    folder = root / FOLDER
    problem = f"{FOLDER} is a link" if folder.is_symlink() else _problem(folder)
    if not problem:
        return StorePlace(folder)
    elsewhere = _cache_home() / "aifirst" / hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    other = _problem(elsewhere)
    if other:
        raise StoreError(f"{problem}, and {other}: make one of them writable")
    return StorePlace(elsewhere, f"{problem}: the index is kept in {elsewhere}")


def _problem(folder: Path) -> str:
    """Why no database can be written there: its files, or new ones beside it; "" where one can."""
    if not folder.exists():
        above = folder.parent
        while not above.exists() and above != above.parent:
            above = above.parent
        return "" if above.is_dir() and os.access(above, os.W_OK | os.X_OK) else f"{above} cannot be written"
    if not folder.is_dir():
        return f"{folder} is no folder"
    files = [folder / name for name in (*(NAME + suffix for suffix in _SUFFIXES), _LOCK)]
    lock = files[-1]
    if lock.is_symlink() or (lock.exists() and not lock.is_file()):
        return f"{lock} is not a regular file"
    for path in (folder, *files):
        if path.exists() and not os.access(path, os.W_OK):
            return f"{path} cannot be written"
    return ""


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as ignore:
        ignore.write("*\n")


def _cache_home() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@contextmanager
def write_lock(
    place: StorePlace, *, waiting: Callable[[int], None] | None = None, timeout: float | None = None
) -> Generator[None]:
    """Be the only writer. Raises `LockTimeoutError`, and `StoreError` where there can be no lock file."""
    try:
        _make_folder(place.folder)
        lock = process_lock(place.lock, timeout=timeout, waiting=waiting)
        lock.__enter__()
    except OSError as error:
        raise StoreError(f"{place.folder} cannot be written ({error.strerror}): make it writable") from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def open_database(path: Path, schemas: tuple[str, ...]) -> tuple[sqlite3.Connection, str, bool]:
    """The database for writing, under the `write_lock`; why it was made anew, "" where it was not; whether it is new.

    Raises `sqlite3.Error` where even a new one cannot be made.
    """
    reason = ""
    if os.path.lexists(path):
        try:
            connection, reason = _open_existing(path)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            connection, reason = None, damaged(error)
        if connection is not None:
            connection.executescript("\n".join((_META, *schemas)))
            return connection, "", False
    discard(path)
    _make(path, schemas)
    return _connect(path), reason, True


def _make(path: Path, schemas: tuple[str, ...]) -> None:
    """Make an empty database; it gets its name when it is whole."""
    unfinished = path.with_name(path.name + ".new")
    discard(unfinished)
    connection = _connect(unfinished)
    try:
        # Pages that a merge frees go back to the system, not into a free list that only grows.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.executescript("\n".join((_META, *schemas)))
    finally:
        connection.close()
    unfinished.replace(path)


def _open_existing(path: Path) -> tuple[sqlite3.Connection | None, str]:
    """The database as it lies there, or None and why it cannot be used."""
    if path.is_symlink() or not path.is_file():
        return None, f"there was {'a link' if path.is_symlink() else 'a folder'} in the place of the index"
    connection = _connect(path)
    try:
        version, owner = _version(connection)
        planted = has_planted_schema(connection)
        if (version, owner) == (SCHEMA_VERSION, _APPLICATION_ID) and not planted:
            return connection, ""
    except sqlite3.Error:
        connection.close()
        raise
    connection.close()
    if path.stat().st_size == 0:
        return None, "the index was damaged (it was empty)"
    if owner != _APPLICATION_ID:
        return None, "there was the database of another program in the place of the index"
    if planted:
        return None, f"the index was damaged ({PLANTED})"
    return (
        None,
        f"the index was made by {'a newer' if version > SCHEMA_VERSION else 'another'} version of aifirst",
    )


def _version(connection: sqlite3.Connection) -> tuple[int, int]:
    """The versions of the tables and the mark of the program that made them."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return version, owner & 0xFFFFFFFF


_PASSING = (
    "full",
    "disk i/o",
    "unable to open",
    "readonly",
    "locked",
    "busy",
    "too big",
    "out of memory",
    "interrupted",
)
"""What the messages of errors say that come from around the database, not from what is in it."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is damaged, rather than that it cannot be used at the moment."""
    return not any(word in str(error).lower() for word in _PASSING)


def damaged(error: BaseException) -> str:
    """The reason to make an index anew that an error is."""
    return f"the index was damaged ({type(error).__name__}: {error})"


def discard(path: Path) -> None:
    """Remove a database with the files that SQLite keeps beside it, or whatever lies in their place."""
    for suffix in ("-wal", "-shm", ""):
        one = path.with_name(path.name + suffix)
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA cache_size=-8000")
        connection.execute("PRAGMA journal_size_limit=4000000")
    except UnicodeDecodeError as error:  # the message of an error that quotes what is damaged
        connection.close()
        raise sqlite3.DatabaseError("the names of its tables are no text") from error
    except sqlite3.Error:
        connection.close()
        raise
    return connection


_META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """All of it or nothing; the generation rises with every transaction that ends well."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        write_meta(connection, "generation", str(int(read_meta(connection, "generation") or 0) + 1))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Generator[None]:
    """What is read inside is the state of one moment, whatever others write."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def read_meta(connection: sqlite3.Connection, key: str) -> str:
    """A value that the writer noted, "" where it did not."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def write_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Note a value."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def open_reader(place: StorePlace) -> sqlite3.Connection:
    """The database for reading. Raises `NoIndexError` where there is none, `StoreError` where it is not ours."""
    if not place.path.is_file():
        raise NoIndexError("there is no index yet: run `aifirst index`")
    if place.path.is_symlink():
        raise StoreError(f"{place.path} is a link: run `aifirst index`, which makes the index anew")
    try:
        connection = _connect(place.path)
    except sqlite3.Error as error:
        raise _unreadable(error) from error
    try:
        connection.execute("PRAGMA query_only=1")
        version, owner = _version(connection)
        if has_planted_schema(connection):
            raise sqlite3.DatabaseError(PLANTED)
    except sqlite3.Error as error:
        connection.close()
        raise _unreadable(error) from error
    if (version, owner) == (SCHEMA_VERSION, _APPLICATION_ID):
        return connection
    connection.close()
    whose = "of another version" if owner == _APPLICATION_ID else "not ours"
    raise StoreError(f"the index is {whose}: run `aifirst index`, which makes it anew")


def _unreadable(error: sqlite3.Error) -> StoreError:
    if is_damage(error):
        return StoreError(f"the index is damaged ({error}): run `aifirst index`, which makes it anew")
    return StoreError(f"the index cannot be read ({error}): see that it may be read, then try again")

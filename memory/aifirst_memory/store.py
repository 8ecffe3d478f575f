"""The database of a project's memory: where it lies, opening it for one writer or many readers, its versions.

All of it is derived, so a version that is not ours and a file that is damaged are answered alike: the database
is made anew, and who asked is told why. SQLite in WAL mode: readers see the state of one moment across all
levels; a writer holds the lock file beside the database for as long as its run takes.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aifirst_codebase.cache.store import FOLDER

from aifirst_memory.process_lock import process_lock

SCHEMA_VERSION: Final = 1
"""Raise it with any change of a table or of what a blob means: an index of another version is rebuilt."""
_APPLICATION_ID: Final = 0x41494D31
NAME: Final = "memory.db"
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
        return self.folder / "memory.lock"


def find_place(root: Path) -> StorePlace:
    """The folder of the memory: `.aifirst` in the project, or the user's cache where that cannot be written.

    Raises `StoreError` where neither can.
    """
    folder = root / FOLDER
    if folder.is_symlink():
        problem = f"{FOLDER} is a link"
    else:
        try:
            _make_folder(folder)
            return StorePlace(folder)
        except OSError as error:
            problem = f"{folder} cannot be written ({error.strerror})"
    elsewhere = _cache_home() / "aifirst" / hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]
    try:
        elsewhere.mkdir(parents=True, exist_ok=True)
        _probe(elsewhere)
    except OSError as error:
        raise StoreError(
            f"{problem}, and neither can {elsewhere} ({error.strerror}): make one of them writable"
        ) from error
    return StorePlace(elsewhere, f"{problem}: the index is kept in {elsewhere}")


def _make_folder(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    _probe(folder)


def _probe(folder: Path) -> None:
    """Raise `OSError` where no database can be written: its files, or new ones beside it."""
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(13, "Permission denied", str(folder))
    for suffix in _SUFFIXES:
        path = folder / (NAME + suffix)
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied", str(path))


def _cache_home() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@contextmanager
def open_writer(
    place: StorePlace,
    schemas: tuple[str, ...],
    *,
    waiting: Callable[[int], None] | None = None,
    timeout: float | None = None,
    rebuild: str = "",
) -> Generator[tuple[sqlite3.Connection, str]]:
    """The database for writing, alone, and why it was made anew ("" where it was not).

    A reason to `rebuild` discards what is there first.
    Raises `LockTimeoutError`, and `sqlite3.Error` where even a new database cannot be made.
    """
    with process_lock(place.lock, timeout=timeout, waiting=waiting):
        if rebuild:
            discard(place.path)
        connection, rebuilt = _open_or_make(place.path, schemas)
        rebuilt = rebuilt or rebuild
        try:
            yield connection, rebuilt
        finally:
            connection.close()


def _open_or_make(path: Path, schemas: tuple[str, ...]) -> tuple[sqlite3.Connection, str]:
    reason = ""
    if path.exists():
        try:
            connection = _connect(path)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            foreign = connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID
            if version == SCHEMA_VERSION and not foreign:
                _create(connection, schemas)
                return connection, ""
            connection.close()
            newer = version > SCHEMA_VERSION
            reason = f"the index was made by {'a newer' if newer else 'another'} version of aifirst"
        except sqlite3.OperationalError as error:
            if not is_damage(error):
                raise
            reason = f"the index was damaged ({error})"
        except sqlite3.DatabaseError as error:
            reason = f"the index was damaged ({error})"
    discard(path)
    connection = _connect(path)
    # Pages that a merge frees go back to the system, not into a free list that only grows.
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    _create(connection, schemas)
    return connection, reason


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is damaged, rather than that it cannot be used at the moment."""
    if isinstance(error, sqlite3.OperationalError):
        text = str(error)
        return "malformed" in text or "no such table" in text or "no such column" in text or "no column" in text
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError)


def discard(path: Path) -> None:
    """Remove a database with the files that SQLite keeps beside it."""
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA cache_size=-16000")
        connection.execute("PRAGMA journal_size_limit=4000000")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection, schemas: tuple[str, ...]) -> None:
    connection.executescript("\n".join((_META, *schemas)))


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
    try:
        connection = _connect(place.path)
        connection.execute("PRAGMA query_only=1")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"the index cannot be read ({error}): run `aifirst index`, which makes it anew") from error
    if version != SCHEMA_VERSION:
        connection.close()
        raise StoreError("the index is of another version: run `aifirst index`, which makes it anew")
    return connection

"""A content-hash cache in `.aifirst/cache.db`, safe to delete at any time.

Two tables. `files` remembers the hash of a file's content together with the file's size and times, so that
an unchanged file need not be opened. `results` holds what a part computed, by part (`kind`), by a
`variant` (a hash of settings and program) and by file and content. A cache that cannot be opened or written is
no error: the run goes on without it and says so once. One that is damaged, or is somebody else's database, is
started again, once.

SQLite in WAL mode: many readers, one writer; a second process that writes at the same time waits, and
gives up without harm.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from aifirst_codebase.discovery import FoundFile

FOLDER: Final = ".aifirst"
_SCHEMA_VERSION: Final = 1
_RACY_NS: Final = 100_000_000
"""A file changed this shortly before it was hashed may change again without its time telling."""

_TABLES: Final = (
    """CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE results (
    kind TEXT NOT NULL, path TEXT NOT NULL, variant TEXT NOT NULL, digest TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, path)) WITHOUT ROWID""",
)
_PASSING: Final = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH,
})  # fmt: skip
"""Errors that say nothing about what the file holds: it stays as it is."""

T = TypeVar("T")


class CacheRow(NamedTuple):
    """A result to keep: the file as it was found, the hash of its content, the value."""

    found: FoundFile
    digest: str
    value: bytes


class Cache:
    """An open cache. `problem` is empty, or says why nothing is kept, or why it was started again."""

    def __init__(
        self, connection: sqlite3.Connection | None, problem: str = "", path: Path | None = None
    ) -> None:
        self._connection = connection
        self._path = path
        """Where to start again; `None` where that was done, or there is no file."""
        self.problem = problem

    def fresh(self, kind: str, variant: str, files: Iterable[FoundFile]) -> dict[str, bytes]:
        """The kept results, by path, of those files that have not changed since."""
        wanted = {f.path: (f.size, f.mtime_ns, f.ctime_ns, f.inode) for f in files}
        query = (
            "SELECT f.path, f.size, f.mtime_ns, f.ctime_ns, f.inode, r.value FROM results r JOIN files f"
            " ON f.path = r.path AND f.digest = r.digest WHERE r.kind = ? AND r.variant = ?"
        )
        parameters: tuple[str, ...] = (kind, variant)
        if len(wanted) == 1:
            query, parameters = query + " AND r.path = ?", (kind, variant, next(iter(wanted)))

        def select(connection: sqlite3.Connection) -> dict[str, bytes]:
            return {
                path: value
                for path, size, mtime, ctime, inode, value in connection.execute(query, parameters)
                if wanted.get(path) == (size, mtime, ctime, inode) and isinstance(value, bytes)
            }

        return self._attempt(select, {})

    def by_content(self, kind: str, variant: str, path: str, digest: str) -> bytes | None:
        """The kept result of a file whose content has this hash, whatever its times say."""

        def select(connection: sqlite3.Connection) -> bytes | None:
            row = connection.execute(
                "SELECT value FROM results WHERE kind = ? AND path = ? AND variant = ? AND digest = ?",
                (kind, path, variant, digest),
            ).fetchone()
            return row[0] if row and isinstance(row[0], bytes) else None

        return self._attempt(select, None)

    def keep(self, kind: str, variant: str, rows: Sequence[CacheRow]) -> None:
        """Keep results; files that changed a moment ago are kept by content only."""
        if self._connection is None or not rows:
            return
        now = time.time_ns()
        files = [
            (r.found.path, r.found.size, r.found.mtime_ns if _settled(r.found, now) else -1, r.found.ctime_ns,
             r.found.inode, r.digest)
            for r in rows
        ]  # fmt: skip
        results = [(kind, r.found.path, variant, r.digest, r.value) for r in rows]

        def insert(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?)", files)
                connection.executemany("INSERT OR REPLACE INTO results VALUES (?,?,?,?,?)", results)

        self._attempt(insert, None)

    def forget_missing(self, folder: str, paths: Iterable[str]) -> None:
        """Drop what is kept of files under `folder` (empty for all) that are not among `paths`."""
        present = set(paths)
        prefix = f"{folder}/" if folder else ""

        def delete(connection: sqlite3.Connection) -> None:
            kept = [row[0] for row in connection.execute("SELECT path FROM files")]
            gone = [(path,) for path in kept if str(path).startswith(prefix) and path not in present]
            if gone:
                with connection:
                    connection.executemany("DELETE FROM files WHERE path = ?", gone)
                    connection.executemany("DELETE FROM results WHERE path = ?", gone)

        self._attempt(delete, None)

    def close(self) -> None:
        """Close the file; a closed cache keeps nothing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _attempt(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What `work` gives, tried a second time on an empty cache where the file turns out to be damaged."""
        while self._connection is not None:
            try:
                return work(self._connection)
            except sqlite3.Error as error:
                self._recover(error)
        return otherwise

    def _recover(self, error: sqlite3.Error) -> None:
        self.close()
        if self._path is None or not _tells_damage(error):
            self.problem = f"the cache was not used: {error}"
            return
        again = _start_again(self._path, error)
        self._connection, self.problem, self._path = again._connection, again.problem, None


def _settled(found: FoundFile, now: int) -> bool:
    return max(found.mtime_ns, found.ctime_ns) + _RACY_NS < now


def open_cache(root: Path, *, enabled: bool = True) -> Cache:
    """The cache of the project at `root`; one that keeps nothing where it cannot be opened."""
    if not enabled:
        return Cache(None)
    folder = root / FOLDER
    try:
        if folder.is_symlink():
            return Cache(None, f"the cache was not used: {FOLDER} is a link")
        folder.mkdir(exist_ok=True)
        with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as ignore:
            ignore.write("*\n")
    except OSError as error:
        return Cache(None, f"the cache was not used: {error}")
    path = folder / "cache.db"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return Cache(None, f"the cache was not used: {FOLDER}/{path.name} is not a regular file")
    try:
        return Cache(_connect(path), path=path)
    except sqlite3.Error as error:
        if not _tells_damage(error):
            return Cache(None, f"the cache was not used: {error}")
        return _start_again(path, error)


def _tells_damage(error: sqlite3.Error) -> bool:
    """Whether the error comes from what the file holds."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF not in _PASSING


def _start_again(path: Path, damage: sqlite3.Error) -> Cache:
    """Replace a damaged cache by an empty one."""
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Cache(_connect(path), f"the cache was damaged and was started again: {damage}")
    except (OSError, sqlite3.Error) as error:
        return Cache(None, f"the cache was not used: {error}")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=2.0, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _SCHEMA_VERSION):
            connection.executescript("DROP TABLE IF EXISTS files; DROP TABLE IF EXISTS results;")
        _make_tables(connection)
        connection.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables where they are missing; raises `sqlite3.DatabaseError` where the file holds anything else.

    A view or a trigger that came with a project could make the simplest statement run for ever.
    """
    for table in _TABLES:
        connection.execute(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1))
    if {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")} != set(_TABLES):
        raise sqlite3.DatabaseError("it holds other tables")

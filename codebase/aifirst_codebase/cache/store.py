"""A content-hash cache in `.aifirst/cache.db`, safe to delete at any time.

Two tables. `files` remembers the hash of a file's content together with the file's size and times, so that
an unchanged file need not be opened. `results` holds what a part computed, by part (`kind`), by a
`variant` (a hash of settings and program) and by file and content. A cache that cannot be opened, is
damaged or cannot be written is no error: the run goes on without it and says so once.

SQLite in WAL mode: many readers, one writer; a second process that writes at the same time waits, and
gives up without harm.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_codebase.discovery import FoundFile

FOLDER: Final = ".aifirst"
_SCHEMA_VERSION: Final = 1
_RACY_NS: Final = 100_000_000
"""A file changed this shortly before it was hashed may change again without its time telling."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    kind TEXT NOT NULL, path TEXT NOT NULL, variant TEXT NOT NULL, digest TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, path)) WITHOUT ROWID;
"""


class CacheRow(NamedTuple):
    """A result to keep: the file as it was found, the hash of its content, the value."""

    found: FoundFile
    digest: str
    value: bytes


class Cache:
    """An open cache. `problem` is empty, or says why nothing is kept."""

    def __init__(self, connection: sqlite3.Connection | None, problem: str = "") -> None:
        self._connection = connection
        self.problem = problem

    def fresh(self, kind: str, variant: str, files: Iterable[FoundFile]) -> dict[str, bytes]:
        """The kept results, by path, of those files that have not changed since."""
        if self._connection is None:
            return {}
        wanted = {f.path: (f.size, f.mtime_ns, f.ctime_ns, f.inode) for f in files}
        query = (
            "SELECT f.path, f.size, f.mtime_ns, f.ctime_ns, f.inode, r.value FROM results r JOIN files f"
            " ON f.path = r.path AND f.digest = r.digest WHERE r.kind = ? AND r.variant = ?"
        )
        parameters: tuple[str, ...] = (kind, variant)
        if len(wanted) == 1:
            query, parameters = query + " AND r.path = ?", (kind, variant, next(iter(wanted)))
        try:
            found = {
                path: value
                for path, size, mtime, ctime, inode, value in self._connection.execute(query, parameters)
                if wanted.get(path) == (size, mtime, ctime, inode)
            }
        except sqlite3.Error as error:
            self._give_up(error)
            return {}
        return found

    def by_content(self, kind: str, variant: str, path: str, digest: str) -> bytes | None:
        """The kept result of a file whose content has this hash, whatever its times say."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute(
                "SELECT value FROM results WHERE kind = ? AND path = ? AND variant = ? AND digest = ?",
                (kind, path, variant, digest),
            ).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return row[0] if row else None

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
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?)", files)
                self._connection.executemany("INSERT OR REPLACE INTO results VALUES (?,?,?,?,?)", results)
        except sqlite3.Error as error:
            self._give_up(error)

    def forget_missing(self, folder: str, paths: Iterable[str]) -> None:
        """Drop what is kept of files under `folder` (empty for all) that are not among `paths`."""
        if self._connection is None:
            return
        present = set(paths)
        prefix = f"{folder}/" if folder else ""
        try:
            kept = [row[0] for row in self._connection.execute("SELECT path FROM files")]
            gone = [(path,) for path in kept if path.startswith(prefix) and path not in present]
            if gone:
                with self._connection:
                    self._connection.executemany("DELETE FROM files WHERE path = ?", gone)
                    self._connection.executemany("DELETE FROM results WHERE path = ?", gone)
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file; a closed cache keeps nothing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _give_up(self, error: sqlite3.Error) -> None:
        self.problem = f"the cache was not used: {error}"
        self.close()


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
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        return Cache(None, f"the cache was not used: {error}")
    path = folder / "cache.db"
    try:
        return Cache(_connect(path))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            return Cache(None, f"the cache was not used: {error}")
    return _start_again(path)


def _start_again(path: Path) -> Cache:
    """Replace a damaged cache by an empty one."""
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return Cache(_connect(path), "")
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
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection

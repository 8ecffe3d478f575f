"""Where the database of the dependency graph lies, and opening it for one writer or many readers.

It is derived from the files, the index and the history alone, so one that is damaged, of another version or
somebody else's is made anew, and who asked is told why. The rules are those of the index, beside which it lies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aifirst_memory.dependencies.sqlite.integrity import damage_in, was_ever_finished
from aifirst_memory.dependencies.sqlite.tables import SCHEMA, VERSION
from aifirst_memory.dependencies.store import GraphStoreError, NoGraphError
from aifirst_memory.planted_schema import has_planted_schema
from aifirst_memory.store import (
    NoIndexError,
    StoreError,
    StorePlace,
    discard,
    find_place,
    is_damage,
    open_database,
    open_reader,
    read_meta,
    snapshot,
    write_meta,
)

NAME: Final = "dependencies.db"
_LOCK: Final = "dependencies.lock"


@dataclass(frozen=True)
class GraphPlace(StorePlace):
    """Where the dependency graph of a project lies: beside its index."""

    @property
    def path(self) -> Path:
        """The database."""
        return self.folder / NAME

    @property
    def lock(self) -> Path:
        """The lock file of the writer."""
        return self.folder / _LOCK


def find_graph_place(root: Path) -> GraphPlace:
    """The folder of the index of the project at `root`. Raises `GraphStoreError` where none can be written."""
    with _as_graph_errors():
        place = find_place(root)
    return GraphPlace(place.folder, place.notice)


def open_for_writing(place: GraphPlace) -> tuple[sqlite3.Connection, str]:
    """The database, made where there is none of ours, and why it was made anew; under the lock.

    Raises `GraphStoreError` where it cannot be kept, `sqlite3.Error` where it turns out to be damaged.
    """
    try:
        missing = _missing(place.path)
        if missing:
            discard(place.path)
        connection, reason, is_new = open_database(place.path, (SCHEMA,))
        version = read_meta(connection, "dependencies")
        if not is_new and version != str(VERSION):
            connection.close()
            discard(place.path)
            # Without a version the run that made it was ended before it had written anything.
            reason = "the index was made by another version of aifirst" if version else ""
            connection, _, is_new = open_database(place.path, (SCHEMA,))
        if is_new:
            write_meta(connection, "dependencies", str(VERSION))
        return connection, as_graph(reason) or missing
    except OSError as error:
        raise GraphStoreError(f"the dependency graph cannot be kept ({error}): make it writable") from error


def _missing(path: Path) -> str:
    """Why a database of ours is to be made anew although it can be opened; before what is gone is made again, empty."""
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with closing(sqlite3.connect(path)) as connection:
            if has_planted_schema(connection) or read_meta(connection, "dependencies") != str(VERSION):
                return ""  # what that means, and that of an error, is told by who opens it
            found = damage_in(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        return ""
    return f"the dependency graph was damaged ({found})" if found else ""


def open_for_reading(place: GraphPlace) -> sqlite3.Connection:
    """The database as it stands. Raises `NoGraphError` where none was ever finished, else `GraphStoreError`."""
    with _as_graph_errors():
        connection = open_reader(place)
        try:
            with snapshot(connection):
                _look_at(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _look_at(connection: sqlite3.Connection) -> None:
    """Raise what is to be said of a database that is not to be read."""
    version = read_meta(connection, "dependencies")
    if version and version != str(VERSION):
        raise StoreError("the index is of another version: run `aifirst index`, which makes it anew")
    found = damage_in(connection) if version else ""
    if found:
        raise StoreError(f"the index is damaged ({found}): run `aifirst index`, which makes it anew")
    if not version or not (was_ever_finished(connection) or _has_files(connection)):
        raise NoIndexError("a first run was ended before it had written anything")


def _has_files(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM dep_file").fetchone() is not None


def as_graph(text: str) -> str:
    """What is said of the index, said of the graph."""
    return text.replace("the index", "the dependency graph").replace("`aifirst index`", "`aifirst graph`")


def told(error: sqlite3.Error) -> str:
    """What an error of the database means to who wanted the graph written or read."""
    text = str(error)
    if "full" in text or "I/O" in text:
        return (
            f"the dependency graph cannot be written ({text}): free some space and run it again; it is as it was"
            " after the last batch"
        )
    if is_damage(error):
        return f"the dependency graph is damaged ({text}): run `aifirst graph`, which makes it anew"
    return f"the dependency graph cannot be used ({text}): see that .aifirst can be written, then try again"


@contextmanager
def _as_graph_errors() -> Generator[None]:
    try:
        yield
    except NoIndexError as error:
        raise NoGraphError("there is no dependency graph yet: run `aifirst graph`") from error
    except StoreError as error:
        raise GraphStoreError(as_graph(str(error))) from error
    except sqlite3.Error as error:
        raise GraphStoreError(told(error)) from error
    except OSError as error:
        raise GraphStoreError(f"the dependency graph cannot be kept ({error}): make it writable") from error

"""Where the database of the dependency graph lies, and opening it for one writer or many readers.

It is derived from the files, the index and the history alone, so one that is damaged, of another version or
somebody else's is made anew, and who asked is told why. The rules are those of the index, beside which it lies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aifirst_memory.dependencies.sqlite.tables import SCHEMA, VERSION
from aifirst_memory.dependencies.store import GraphStoreError, NoGraphError
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
        connection, reason, is_new = open_database(place.path, (SCHEMA,))
        if not is_new and read_meta(connection, "dependencies") != str(VERSION):
            connection.close()
            discard(place.path)
            reason = "the index was made by another version of aifirst"
            connection, _, is_new = open_database(place.path, (SCHEMA,))
        if is_new:
            write_meta(connection, "dependencies", str(VERSION))
        return connection, as_graph(reason)
    except OSError as error:
        raise GraphStoreError(f"the dependency graph cannot be kept ({error}): make it writable") from error


def open_for_reading(place: GraphPlace) -> sqlite3.Connection:
    """The database as it stands. Raises `NoGraphError` where there is none, else `GraphStoreError`."""
    with _as_graph_errors():
        connection = open_reader(place)
        if read_meta(connection, "dependencies") == str(VERSION):
            return connection
        connection.close()
        raise StoreError("the index is of another version: run `aifirst index`, which makes it anew")


def as_graph(text: str) -> str:
    """What is said of the index, said of the graph."""
    return text.replace("the index", "the dependency graph")


def told(error: sqlite3.Error) -> str:
    """What an error of the database means to who wanted the graph written or read."""
    text = str(error)
    if "full" in text or "I/O" in text:
        return (
            f"the dependency graph cannot be written ({text}): free some space and run it again; it is as it was"
            " after the last batch"
        )
    if is_damage(error):
        return f"the dependency graph is damaged ({text}): run `aifirst index`, which makes it anew"
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

"""An open memory: what the doors ask for search and context.

The arrays of every level are loaded when first needed and brought up to date when the index has changed
since; one answer is the state of one moment across all levels. Not shared between threads.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import msgspec
from aifirst_codebase.config import ProjectConfig, load_config

from aifirst_memory.store import StoreError, StorePlace, find_place, open_reader, read_meta, snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aifirst_memory.embedding.embedder import Embedder
    from aifirst_memory.file_table import FileTable
    from aifirst_memory.graph.reader import GraphReader
    from aifirst_memory.history.reader import HistoryReader
    from aifirst_memory.lexical.reader import LexicalReader
    from aifirst_memory.search.activity import Activity
    from aifirst_memory.search.result import SearchAnswer, SearchRequest
    from aifirst_memory.shadow.reader import Shadow
    from aifirst_memory.vectors.reader import VectorReader


_BY_FILE: Final = ("files", "history_positions", "positions_of_history", "activity")
"""Attributes that any change of the files changes."""
_LOADED: Final = (*_BY_FILE, "lexical", "history", "graph", "vectors")
"""Attributes that hold what was read from the database."""


class Memory:
    """The index of one project, open for reading; close it, or use it in a `with` statement."""

    def __init__(
        self, root: Path, place: StorePlace, connection: sqlite3.Connection, config: ProjectConfig
    ) -> None:
        self.root = root
        self.place = place
        self.connection = connection
        self.config = config
        self._file = _identity(place.path)
        with _readable():
            self._generation = read_meta(connection, "generation")

    @classmethod
    def open(
        cls, root: Path, *, overrides: Mapping[str, object] | None = None, isolated: bool = False
    ) -> Self:
        """Open the index of the project at `root` as it stands.

        Raises `NoIndexError` where there is none, `StoreError` where it cannot be read and `ConfigError`.
        """
        config = load_config(root, overrides=overrides, isolated=isolated)
        place = find_place(root)
        return cls(root, place, open_reader(place), config)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    @contextmanager
    def moment(self) -> Generator[None]:
        """What is asked inside is answered from the state of one moment, the newest that there is.

        Raises `StoreError` where the index turns out to be damaged, or is gone.
        """
        if self.connection.in_transaction:
            yield
            return
        if _identity(self.place.path) != self._file:
            self._open_anew()
        with _readable(), snapshot(self.connection):
            self._refresh()
            yield

    def _open_anew(self) -> None:
        """Turn to the database that was made in the place of the one that was open."""
        connection = open_reader(self.place)
        self.connection.close()
        self.connection = connection
        self._file = _identity(self.place.path)
        self._generation = ""
        for name in _LOADED:
            self.__dict__.pop(name, None)

    def _refresh(self) -> None:
        """Bring what is loaded up to date with the database."""
        generation = read_meta(self.connection, "generation")
        if generation == self._generation:
            return
        self._generation = generation
        loaded = self.__dict__
        for name in _BY_FILE:
            loaded.pop(name, None)
        for name in ("lexical", "vectors", "history"):
            if loaded.get(name) is not None:
                loaded[name].refresh(self.connection)
        if "graph" in loaded:
            loaded["graph"] = self.graph.refresh(self.connection)

    @cached_property
    def files(self) -> FileTable:
        """The files as columns."""
        from aifirst_memory.file_table import load_files

        return load_files(self.connection)

    @cached_property
    def lexical(self) -> LexicalReader:
        """Which words stand where."""
        from aifirst_memory.lexical.reader import LexicalReader

        return LexicalReader.load(self.connection)

    @cached_property
    def history(self) -> HistoryReader:
        """What git knows."""
        from aifirst_memory.history.reader import HistoryReader

        return HistoryReader.load(self.connection)

    @cached_property
    def history_positions(self) -> NDArray[np.int64]:
        """For every file, by position, its index in the history's paths; -1 where git does not know it."""
        import numpy as np

        index = self.history.path_index
        return np.array([index.get(path, -1) for path in self.files.paths], np.int64)

    @cached_property
    def positions_of_history(self) -> NDArray[np.int64]:
        """For every path of the history, by index, the position of its file; -1 for one that is gone."""
        import numpy as np

        positions = np.full(len(self.history.paths), -1, np.int64)
        known = np.flatnonzero(self.history_positions >= 0)
        positions[self.history_positions[known]] = known
        return positions

    @cached_property
    def activity(self) -> Activity:
        """How often and how lately every file changed."""
        from aifirst_memory.search.activity import activity
        from aifirst_memory.search.file_role import CODE

        return activity(self.history, self.history_positions, self.files.roles == CODE)

    @cached_property
    def graph(self) -> GraphReader:
        """What depends on what."""
        from aifirst_memory.graph.reader import GraphReader

        return GraphReader.load(self.connection)

    @cached_property
    def embedder(self) -> Embedder | None:
        """What makes vectors of queries; None where the project has none. Raises `EmbedderError`."""
        from aifirst_memory.embedding.open_embedder import open_embedder
        from aifirst_memory.opened import embedder_settings

        return open_embedder(embedder_settings(self.config))

    @cached_property
    def vectors(self) -> VectorReader | None:
        """The vectors of units, glue and tickets that the embedder made; None without an embedder."""
        from aifirst_memory.vectors.reader import VectorReader

        embedder = self.embedder
        return (
            None
            if embedder is None
            else VectorReader.load(self.connection, embedder.name, embedder.dimension)
        )

    @cached_property
    def shadow(self) -> Shadow:
        """What AICCL says of units."""
        from aifirst_memory.shadow.reader import Shadow

        return Shadow(self)

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Answer a query; see `search.run`."""
        from aifirst_memory.search.run import search

        with self.moment():
            return search(self, request)


def _identity(path: Path) -> tuple[int, int]:
    """Which file lies at a path: a database that is made anew is another one."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


@contextmanager
def _readable() -> Generator[None]:
    """Turns what a damaged database does to its readers into `StoreError`."""
    try:
        yield
    except (sqlite3.Error, zlib.error, msgspec.DecodeError) as error:
        raise StoreError(
            f"the index cannot be read ({error}): run `aifirst index`, which mends it, or `aifirst index --rebuild`"
        ) from error

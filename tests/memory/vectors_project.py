"""A small project for the tests of level 3: real files, read and embedded, in a database with the tree's table."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from aifirst_codebase.languages import language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.embedding.embedder import Embedder
from aifirst_memory.embedding.static import open_static
from aifirst_memory.level import AddedFile, Change, StoredFile
from aifirst_memory.lexical.file_words import file_words
from aifirst_memory.lexical.unit_words import unit_words
from aifirst_memory.record import UnitRecord
from aifirst_memory.tree.level import TreeLevel
from aifirst_memory.tree.packed_units import pack_units
from aifirst_memory.vectors.extract import extract_vectors
from aifirst_memory.vectors.level import VectorsLevel
from aifirst_memory.vectors.reader import VectorReader
from numpy.typing import NDArray


def reading_of(path: str, text: str) -> Reading:
    """The reading of a Python text."""
    return read(decode_source(path, text.encode()), language_named("python"), get_counter("o200k_base"))


class VectorsProject:
    """A database with the files of a project and their vectors."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self.embedder = embedder or open_static()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.level = VectorsLevel()
        meta = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
        self.connection.executescript(TreeLevel.schema + self.level.schema + meta)
        self.stored: dict[str, StoredFile] = {}
        self.texts: dict[str, str] = {}
        self._next_unit, self._next_file = 1, 1

    def write(self, texts: Mapping[str, str], *, initial: bool = False) -> None:
        """One change that brings these files to these texts."""
        removed = [self.stored[path] for path in texts if path in self.stored]
        added = [self._add(path, text, self.stored.get(path)) for path, text in texts.items()]
        self.level.apply(self.connection, Change(removed, added, initial))

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        stored = self.stored.pop(path, None)
        if stored is not None:
            del self.texts[path]
            self.connection.execute("DELETE FROM file WHERE path = ?", (path,))
            self.level.apply(self.connection, Change([stored]))

    def rename(self, path: str, to: str) -> None:
        """Move a file over another name, which must be free."""
        if path in self.stored and to not in self.stored:
            before = self.stored.pop(path)
            self.connection.execute("DELETE FROM file WHERE path = ?", (path,))
            added = self._add(to, self.texts.pop(path), before)
            self.level.apply(self.connection, Change([before], [added]))

    def finish(self) -> None:
        """End a run."""
        self.level.finish(self.connection)

    def reader(self) -> VectorReader:
        """A reader of all there is."""
        return VectorReader.load(self.connection, self.embedder.name, self.embedder.dimension)

    def embed(self, text: str) -> NDArray[np.float32]:
        """The vector of a query."""
        return self.embedder.embed_texts([text])[0]

    def unit_name(self, unit_id: int) -> str:
        """`path::name` of a unit that is there."""
        for path, stored in self.stored.items():
            if stored.first_unit <= unit_id < stored.first_unit + stored.units:
                return f"{path}::{reading_of(path, self.texts[path]).units[unit_id - stored.first_unit].name}"
        raise AssertionError(f"no file has the unit {unit_id}")

    def _add(self, path: str, text: str, before: StoredFile | None) -> AddedFile:
        reading = reading_of(path, text)
        file_id = before.file_id if before else self._next_file
        self._next_file += before is None
        digest = hashlib.sha256(text.encode()).hexdigest()
        stored = StoredFile(file_id, path, "python", digest, self._next_unit, len(reading.units))
        self._next_unit += len(reading.units)
        units = tuple(
            UnitRecord(u.name, u.kind, u.start, u.end, 1, 1, u.parent, (), u.tokens, 0, u.tokens, bytes(8))
            for u in reading.units
        )
        vectors = extract_vectors(reading, file_words(unit_words(reading)), self.embedder)
        record = cast("Any", SimpleNamespace(units=units, vectors=vectors))
        row = (
            file_id,
            path,
            "python",
            bytes.fromhex(digest),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            "",
            stored.first_unit,
        )
        self.connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*row, stored.units, pack_units(record.units)),
        )
        self.stored[path], self.texts[path] = stored, text
        return AddedFile(stored, record)

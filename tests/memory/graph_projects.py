"""A project in memory for the tests of the graph: files by path, written and changed as the writer does it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.graph.extract import extract_graph
from aifirst_memory.graph.level import GraphLevel
from aifirst_memory.graph.part import GraphPart
from aifirst_memory.level import AddedFile, Change, StoredFile
from aifirst_memory.record import FileRecord, UnitRecord

_OTHER = cast("Any", None)
"""The parts of levels that the graph does not look at."""


@lru_cache(maxsize=4096)
def record_of(path: str, text: str) -> FileRecord:
    """The record of a file, its graph part and units only."""
    raw = text.encode()
    language = language_of(path, raw)
    assert language is not None, path
    reading = read(decode_source(path, raw), language, get_counter())
    units = tuple(
        UnitRecord(
            u.name, u.kind, u.start, u.end, 0, 0, u.parent, (), u.tokens, u.glue_tokens, u.total_tokens, b""
        )
        for u in reading.units
    )
    graph = extract_graph(reading)
    digest = reading.source.digest
    return FileRecord(
        digest, language.name, len(raw), 0, 0, 0, False, reading.broken, units, _OTHER, graph, _OTHER, _OTHER, _OTHER
    )  # fmt: skip


def part_of(path: str, text: str) -> GraphPart:
    """What the graph takes from a text."""
    return record_of(path, text).graph


class GraphProject:
    """Files and the graph level over them."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.level = GraphLevel()
        self.connection.executescript(self.level.schema)
        self.files: dict[str, str] = {}
        self._stored: dict[str, StoredFile] = {}
        self._next_file = 1
        self._next_unit = 1
        if files is not None:
            self.change(files, initial=True)

    def change(
        self,
        files: Mapping[str, str | None],
        moves: Mapping[str, str] | None = None,
        *,
        initial: bool = False,
        finish: bool = True,
    ) -> None:
        """Move files (content kept), then write files with new text, and remove those whose text is None."""
        removed: list[StoredFile] = []
        added: list[AddedFile] = []
        for before, after in (moves or {}).items():
            old = self._stored.pop(before)
            removed.append(old)
            added.append(self._added(after, self.files.pop(before), old))
        for path, text in files.items():
            old = self._stored.pop(path, None)
            self.files.pop(path, None)
            if old is not None:
                removed.append(old)
            if text is not None:
                added.append(self._added(path, text, old))
        with self.connection:
            self.level.apply(self.connection, Change(removed, added, initial))
        if finish:
            with self.connection:
                self.level.finish(self.connection)

    def change_and_take_back(self, files: Mapping[str, str | None]) -> None:
        """A change that is rolled back, so that nothing has happened; not even the ids are used up."""
        kept = dict(self.files), dict(self._stored), self._next_file, self._next_unit
        self.connection.execute("BEGIN")
        self.connection.execute("SAVEPOINT before")
        removed = [self._stored[path] for path in files if path in self._stored]
        added = [
            self._added(path, text, self._stored.get(path))
            for path, text in files.items()
            if text is not None
        ]
        self.level.apply(self.connection, Change(removed, added))
        self.connection.rollback()
        self.files, self._stored, self._next_file, self._next_unit = kept

    def _added(self, path: str, text: str, old: StoredFile | None) -> AddedFile:
        record = record_of(path, text)
        file = self._next_file if old is None else old.file_id
        self._next_file += old is None
        stored = StoredFile(file, path, record.language, record.digest, self._next_unit, len(record.units))
        self._next_unit += len(record.units)
        self.files[path] = text
        self._stored[path] = stored
        return AddedFile(stored, record)

    def unit(self, path: str, name: str = "") -> int:
        """The id of a unit."""
        stored = self._stored[path]
        names = [unit.name for unit in record_of(path, self.files[path]).units]
        return stored.first_unit + names.index(name)

    def dump(self) -> list[str]:
        """The graph in canonical lines."""
        return list(self.level.dump(self.connection))

    def edges(self, kind: str = "") -> list[str]:
        """The edges as `source kind target`, of one kind where one is given."""
        rows = [line.split("\t") for line in self.dump()]
        return [f"{row[0]} {row[1]} {row[2]}" for row in rows if not kind or row[1] == kind]

    def confidence(self, source: str, target: str) -> float:
        """The confidence of the one edge between two nodes."""
        (row,) = [row for line in self.dump() if (row := line.split("\t"))[0] == source and row[2] == target]
        return float(row[5])

"""A small project for the tests of level 5: texts, read and written by the level into a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.concepts.extract import extract_concepts
from aifirst_memory.concepts.level import ConceptsLevel
from aifirst_memory.concepts.part import RELATIONS, ROLES, ConceptsPart
from aifirst_memory.level import AddedFile, Change, StoredFile


def reading_of(path: str, text: str) -> Reading:
    """The reading of a text in the language of its path."""
    source = decode_source(path, text.encode())
    language = language_of(path, source.data)
    assert language is not None
    return read(source, language, get_counter("o200k_base"))


def part_of(path: str, text: str) -> ConceptsPart:
    """What a file says of concepts."""
    return extract_concepts(reading_of(path, text))


def mentions_of(path: str, text: str) -> set[tuple[str, str]]:
    """The concepts of a file with their roles, without those of its path."""
    return {
        (m.concept, ROLES[m.role])
        for m in part_of(path, text).mentions
        if ROLES[m.role] not in {"file", "folder"}
    }


def links_of(path: str, text: str) -> set[tuple[str, str, str]]:
    """The links of a file."""
    return {(link.subject, RELATIONS[link.relation], link.target) for link in part_of(path, text).links}


class ConceptsProject:
    """A database with the files of a project and their concepts."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.level = ConceptsLevel()
        self.connection.executescript(self.level.schema)
        self.connection.execute(
            "CREATE TABLE file (file_id INTEGER PRIMARY KEY, path TEXT UNIQUE, first_unit INTEGER, units INTEGER)"
        )
        self.stored: dict[str, StoredFile] = {}
        self.texts: dict[str, str] = {}
        self._next_file, self._next_unit = 1, 1
        if texts:
            self.write(texts, initial=True)

    def write(self, texts: Mapping[str, str], *, initial: bool = False) -> None:
        """One change that brings these files to these texts."""
        removed = [self.stored[path] for path in texts if path in self.stored]
        self._take_out(removed)
        added = [self._add(path, text, self.stored.get(path)) for path, text in texts.items()]
        self.level.apply(self.connection, Change(removed, added, initial))

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        stored = self.stored.pop(path, None)
        if stored is not None:
            del self.texts[path]
            self._take_out([stored])
            self.level.apply(self.connection, Change([stored]))

    def rename(self, path: str, to: str) -> None:
        """Move a file to a free path."""
        if path in self.stored and to not in self.stored:
            before = self.stored.pop(path)
            self._take_out([before])
            added = self._add(to, self.texts.pop(path), before)
            self.level.apply(self.connection, Change([before], [added]))

    def finish(self) -> None:
        """End a run."""
        self.level.finish(self.connection)

    def dump(self) -> list[str]:
        """The level's contents, free of ids."""
        return list(self.level.dump(self.connection))

    def _take_out(self, files: list[StoredFile]) -> None:
        self.connection.executemany("DELETE FROM file WHERE file_id = ?", [(file.file_id,) for file in files])

    def _add(self, path: str, text: str, before: StoredFile | None) -> AddedFile:
        reading = reading_of(path, text)
        file_id = before.file_id if before else self._next_file
        self._next_file += before is None
        stored = StoredFile(file_id, path, reading.language.name, "", self._next_unit, len(reading.units))
        self._next_unit += stored.units
        row = (file_id, path, stored.first_unit, stored.units)
        self.connection.execute("INSERT INTO file VALUES (?,?,?,?)", row)
        self.stored[path], self.texts[path] = stored, text
        record = SimpleNamespace(
            concepts=extract_concepts(reading)
        )  # all of a record that the level looks at
        return AddedFile(stored, cast("Any", record))

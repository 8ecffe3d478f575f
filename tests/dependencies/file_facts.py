"""The facts of one file, as its own language reads them, and a project of that file alone."""

from __future__ import annotations

from collections.abc import Sequence

from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.dependencies.registry import resolver_for
from aifirst_memory.dependencies.resolver import FileFacts


def read_facts(path: str, text: str) -> FileFacts:
    """What the language of a file takes from its text."""
    source = decode_source(path, text.encode())
    language = language_of(path, source.data)
    assert language is not None
    resolver = resolver_for(language.name)
    assert resolver is not None
    return resolver.read(read(source, language, get_counter("o200k_base")))


class CountingProject:
    """A `ProjectView` of one file that counts what is asked of it."""

    def __init__(self, path: str, facts: FileFacts) -> None:
        self._path = path
        self._facts = facts
        self.asked = 0

    def find(self, key: str) -> Sequence[str]:
        self.asked += 1
        return (self._path,) if key in self._facts.keys else ()

    def entry(self, path: str, name: str) -> bytes | None:
        self.asked += 1
        return self._facts.entries.get(name) if path == self._path else None

    def names(self, path: str) -> Sequence[str]:
        self.asked += 1
        return sorted(self._facts.entries)

    def exists(self, path: str) -> bool:
        return path == self._path

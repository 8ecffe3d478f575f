"""Where the Python files of a project mention the names that a change may have broken, found in one pass.

A name costs a look-up, however many names a change touches: the project's texts are read once for all of them,
and a file is parsed only where it holds one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

import tree_sitter
from aifirst_codebase.reading import Reading
from aifirst_codebase.source import SourceFile

from aifirst_validator.changes.python_calls import Import, find_imports

if TYPE_CHECKING:
    from aifirst_validator.changes.change import ChangeSet

PYTHON = (".py", ".pyi")
_WORD = re.compile(rb"[\w\x80-\xff]+")
_MOST_PLACES = 5000
"""Mentions in one file that are looked at: each costs a way down the tree."""


class NameIndex:
    """The files after the change that hold some of `names`."""

    def __init__(self, change: ChangeSet, names: Collection[str]) -> None:
        self._names = frozenset(name.encode("utf-8", "surrogateescape") for name in names)
        self._files: dict[bytes, list[SourceFile]] = defaultdict(list)
        self._places: dict[str, dict[bytes, list[int]]] = {}
        self._imports: dict[str, list[Import]] = {}
        self._known: dict[str, frozenset[str]] = {}
        self._change = change
        for source in change.sources_with(self._mentions, PYTHON) if self._names else ():
            for word in self._words_at_stake(source.data):
                self._files[word].append(source)

    def _mentions(self, data: bytes) -> bool:
        return bool(self._words_at_stake(data))

    def _words_at_stake(self, data: bytes) -> frozenset[bytes]:
        return self._names.intersection(_WORD.findall(data))

    def files_with(self, name: str) -> list[SourceFile]:
        """The files that hold the name as a word, in path order."""
        return self._files.get(name.encode("utf-8", "surrogateescape"), [])

    def imports(self, reading: Reading) -> list[Import]:
        """Every `from … import …` of the file."""
        if reading.path not in self._imports:
            self._imports[reading.path] = find_imports(reading)
        return self._imports[reading.path]

    def identifiers(self, reading: Reading, name: str) -> list[tree_sitter.Node] | None:
        """The identifiers spelled so, None where there are too many mentions to look at."""
        if reading.path not in self._places:
            self._places[reading.path] = self._find_places(reading)
        root, wanted = reading.tree.root_node, name.encode("utf-8", "surrogateescape")
        places = self._places[reading.path].get(wanted, [])
        if len(places) > _MOST_PLACES:
            return None
        nodes = ((at, root.descendant_for_byte_range(at, at + len(wanted))) for at in places)
        return [
            node
            for at, node in nodes
            if node is not None
            and node.type == "identifier"
            and (node.start_byte, node.end_byte) == (at, at + len(wanted))
        ]

    def _find_places(self, reading: Reading) -> dict[bytes, list[int]]:
        places: dict[bytes, list[int]] = defaultdict(list)
        aliases = (one.alias.encode() for one in self.imports(reading) if one.name.encode() in self._names)
        wanted = self._names.union(aliases)
        for found in _WORD.finditer(reading.data):
            if found[0] in wanted:
                places[found[0]].append(found.start())
        return places

    def known_paths(self, path: str) -> frozenset[str]:
        """The paths of the project with `path`, which may be gone."""
        if path not in self._known:
            self._known[path] = self._change.known_paths | {path}
        return self._known[path]

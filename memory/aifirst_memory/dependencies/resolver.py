"""What a language gives to the dependency graph, and what it is given.

A language first *reads* each of its files alone, into facts; then *resolves* a file, asking a view of the project
for the facts of others. The view notes every question, so that after a change only those files are resolved again
whose answers became others. A resolver keeps nothing between two calls that an answer could depend on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import msgspec
import tree_sitter
from aifirst_codebase.languages import Language
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.model import EdgeKind


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one file says, by itself: a function of its path and content.

    `keys` are the names under which others look for the file (a module's dotted name, a package, a folder).
    `entries` is what others may ask it, by name, each packed as the language likes: one for every definition, so
    that a change of one asks only those who asked for that one to resolve again. `body` is what only the resolving
    of the file itself needs.
    `notice` tells people what of the file was left out, empty where nothing was.
    """

    keys: tuple[str, ...]
    entries: dict[str, bytes]
    body: bytes
    notice: str = ""


class ParsedFile(msgspec.Struct, frozen=True, gc=False):
    """A file for a language that needs no more of it than its tree and what its units are called.

    `units` are their lines (1-based, where the definition begins with its decorators) and names, in order, without
    the module's own code.
    """

    path: str
    data: bytes
    language: Language
    tree: tree_sitter.Tree
    units: tuple[tuple[int, str], ...]


def parsed_of(reading: Reading) -> ParsedFile:
    """What a reading has of a parsed file."""
    line_of = reading.lines.line_of
    units = tuple([(line_of(unit.code_start) + 1, unit.name) for unit in reading.units[1:]])
    return ParsedFile(reading.path, reading.data, reading.language, reading.tree, units)


class FoundEdge(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An edge that a file gave. `line` (1-based) is in that file, even where `source` lies in another one."""

    source: str
    target: str
    kind: EdgeKind
    line: int
    confidence: float


class ProjectView(Protocol):
    """The facts of all files, for the resolving of one. Every question is noted."""

    def find(self, key: str) -> Sequence[str]:
        """Paths of the files that go by a key, in order; empty where none does."""
        ...

    def entry(self, path: str, name: str) -> bytes | None:
        """What a file says of a name; None where it says nothing, or there is no such file."""
        ...

    def names(self, path: str) -> Sequence[str]:
        """Names of all entries of a file, in order. Asking depends on the set of names, not on what they say."""
        ...

    def exists(self, path: str) -> bool:
        """Whether the project has a file of this path that some language read."""
        ...


@runtime_checkable
class TreeReader(Protocol):
    """A resolver whose facts need no reading of the file: where the index knows its units, a parse is enough."""

    def read_tree(self, parsed: ParsedFile) -> FileFacts:
        """The facts of a source file, those that `read` gives of it. Never raises on broken text."""
        ...


class Kept(Protocol):
    """What a resolver keeps between files."""

    def forget(self) -> None:
        """Let go of it."""
        ...


class SharedView:
    """A view whose facts stay as they are for as long as it lives: what was worked out for one file counts for the next.

    `kept` is what resolvers keep, by their name. Who uses again what is there notes the questions that it rests on.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    def let_go(self) -> None:
        """Forget what is kept: its parts hold each other, and the collector may be off."""
        for kept in self.kept.values():
            kept.forget()
        self.kept.clear()

    def note(self, numbers: Iterable[int]) -> None:
        """Take questions as asked, by their numbers (`demands.question_number`)."""


class LanguageResolver(Protocol):
    """One family of languages. `version` is raised whenever facts or edges come out differently."""

    @property
    def name(self) -> str:
        """Of the family: `python`, `ecmascript`, …"""
        ...

    @property
    def version(self) -> int:
        """A number that stored facts and edges are kept with."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Names of the registry's languages that it reads."""
        ...

    @property
    def manifests(self) -> frozenset[str]:
        """Names of files that are no source but that it reads (`tsconfig.json`, `go.mod`); a `*` stands for anything."""
        ...

    def read(self, reading: Reading) -> FileFacts:
        """The facts of a source file. Never raises on broken text."""
        ...

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        """The facts of a manifest; empty facts where it is broken."""
        ...

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        """The edges that follow from a file's own text, in any order, the same triple at most once.

        Nothing is guessed: what cannot be known gives no edge; `confidence` says how sure an edge is.
        """
        ...

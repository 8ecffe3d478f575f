"""The edges into code that a change took away, as they were before it: what still refers to it, and now to nothing.

The stored graph is of the project after the change. Files that the change did not touch say now what they said
before, so only the others are read as they were; laid over the stored facts they are the project before the change.
Which files have to be resolved in it follows as in a build: those that asked what has another answer there.

Left out are languages that no resolver reads, whose edges need an index of the project before the change.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.source import SourceFile

from aifirst_memory.dependencies.demands import changed_answers
from aifirst_memory.dependencies.masked_packages import mask_packages
from aifirst_memory.dependencies.model import Edge, Node
from aifirst_memory.dependencies.read_file import ReadFile, read_file
from aifirst_memory.dependencies.registry import resolver_named
from aifirst_memory.dependencies.resolver import FileFacts
from aifirst_memory.dependencies.sqlite.demand_index import DemandIndex
from aifirst_memory.dependencies.sqlite.place import find_graph_place, open_for_reading
from aifirst_memory.dependencies.sqlite.stored_project import StoredProject
from aifirst_memory.dependencies.tests_edges import with_tests
from aifirst_memory.store import snapshot

MOST_FILES: Final = 1_000
"""Files that are resolved again. Those that name what is gone come first."""
MOST_SECONDS: Final = 15.0
"""Of processor time for resolving them; what is left then is said."""


class EdgesBefore(msgspec.Struct, frozen=True):
    """What led to some nodes before a change, by source, target and kind.

    `nodes` are these nodes as they were, by id; those of them that no resolver read are missing. `resolved` says how
    many files were looked at for the edges, `left` how many should have been, but would have taken too long.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    resolved: int = 0
    left: int = 0


def edges_before(
    root: Path,
    files: Mapping[str, SourceFile | None],
    wanted: Collection[str],
    *,
    most: int = MOST_FILES,
    seconds: float = MOST_SECONDS,
) -> EdgesBefore:
    """The edges into the `wanted` nodes from files that the project still has, as they were before a change.

    `files` are those that the change touched, by the path that they had or have: their text before it, None where
    there was none. Raises `GraphStoreError` where there is no graph, or it cannot be read.
    """
    read = {path: None if source is None else read_file(source) for path, source in sorted(files.items())}
    known = [file for file in read.values() if file is not None and file.resolver]
    nodes = {node.id: node for file in known for node in file.nodes if node.id in wanted}
    if not nodes:
        return EdgesBefore((), ())
    with closing(open_for_reading(find_graph_place(root))) as connection, snapshot(connection):
        project = _ProjectBefore(StoredProject(connection), read)
        asking = {file.path: file.resolver for file in known} | _asking(connection, project, read)
        order = _likeliest_first(project, asking, nodes)
        until = time.process_time() + seconds
        found: list[Edge] = []
        done = 0
        for path in order[:most]:
            if time.process_time() >= until:
                break
            found += _edges(project, path, asking[path], nodes)
            done += 1
    found.sort(key=lambda edge: (edge.source, edge.target, edge.kind))
    return EdgesBefore(tuple(nodes[id] for id in sorted(nodes)), tuple(found), done, len(order) - done)


class _ProjectBefore:
    """A `ProjectView` of the project before a change, from the stored one and the files that the change touched."""

    def __init__(self, stored: StoredProject, read: Mapping[str, ReadFile | None]) -> None:
        self._stored = stored
        self._facts: dict[str, FileFacts | None] = {
            path: file.facts if file is not None and file.resolver else None for path, file in read.items()
        }

    def other_answers(self) -> set[int]:
        """The questions that had another answer before the change."""
        found: set[int] = set()
        for path, facts in self._facts.items():
            found |= changed_answers(path, facts, self._stored.facts(path))
        return found

    def facts(self, path: str) -> FileFacts | None:
        """What a file said; None where no language read it."""
        return self._facts[path] if path in self._facts else self._stored.facts(path)

    def find(self, key: str) -> Sequence[str]:
        """See `ProjectView`."""
        found = [path for path in self._stored.find(key) if path not in self._facts]
        changed = [path for path, facts in self._facts.items() if facts is not None and key in facts.keys]
        return sorted([*found, *changed])

    def entry(self, path: str, name: str) -> bytes | None:
        """See `ProjectView`."""
        facts = self.facts(path)
        return None if facts is None else facts.entries.get(name)

    def names(self, path: str) -> Sequence[str]:
        """See `ProjectView`."""
        facts = self.facts(path)
        return [] if facts is None else sorted(facts.entries)

    def exists(self, path: str) -> bool:
        """See `ProjectView`."""
        return self.facts(path) is not None


def _asking(
    connection: sqlite3.Connection, project: _ProjectBefore, touched: Collection[str]
) -> dict[str, str]:
    """The files besides those touched that asked what had another answer before the change, with their resolvers."""
    numbers = DemandIndex(connection).asked(project.other_answers())
    rows = connection.execute("SELECT file, path, resolver FROM dep_file WHERE resolver != '' ORDER BY path")
    return {path: resolver for file, path, resolver in rows if file in numbers and path not in touched}


def _likeliest_first(project: _ProjectBefore, paths: Collection[str], wanted: Collection[str]) -> list[str]:
    """The paths of files that have something to resolve; those that name what is wanted come first."""
    names = {
        id.rpartition("::")[2].rpartition(".")[2].partition("#")[0].encode() for id in wanted if "::" in id
    }
    names |= {id.rpartition("/")[2].partition(".")[0].encode() for id in wanted if "::" not in id}
    ranked: list[tuple[bool, str]] = []
    for path in paths:
        facts = project.facts(path)
        if facts is not None and facts.body:
            ranked.append((not any(name in facts.body for name in names), path))
    return [path for _, path in sorted(ranked)]


def _edges(project: _ProjectBefore, path: str, resolver: str, wanted: Collection[str]) -> Iterator[Edge]:
    facts = project.facts(path)
    if facts is None:
        return
    resolved = resolver_named(resolver).resolve(path, facts.body, project)
    for edge in with_tests(mask_packages(resolved)):
        if edge.target in wanted and edge.source not in wanted:
            yield Edge(edge.source, edge.target, edge.kind, path, edge.line, edge.confidence)

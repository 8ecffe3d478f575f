"""The graph of a whole project in memory, from its files alone: what every store has to equal.

Left out is what needs an index or a history: pages that document code, tags, files that change together.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from aifirst_codebase.discovery import discover
from aifirst_codebase.discovery.reading import read_source
from aifirst_codebase.languages import may_be_source
from aifirst_codebase.open_project import discovery_settings, load_settings
from aifirst_codebase.source import SourceFile, decode_source

from aifirst_memory.dependencies.masked_packages import mask_packages
from aifirst_memory.dependencies.model import PACKAGE, Edge, Graph, Node, has_own_id
from aifirst_memory.dependencies.read_file import ReadFile, read_file
from aifirst_memory.dependencies.registry import resolver_named, resolver_of_manifest
from aifirst_memory.dependencies.resolver import SharedView


class ReadProject(SharedView):
    """The facts of all files, by key and by path: a `SharedView` that notes nothing."""

    def __init__(self, files: Iterable[ReadFile]) -> None:
        super().__init__()
        self.files = {file.path: file for file in files if file.resolver}
        keys: dict[str, list[str]] = {}
        for path, file in sorted(self.files.items()):
            for key in dict.fromkeys(file.facts.keys):
                keys.setdefault(key, []).append(path)
        self._keys = keys

    def find(self, key: str) -> Sequence[str]:
        """Paths of the files that go by a key, in order."""
        return self._keys.get(key, ())

    def entry(self, path: str, name: str) -> bytes | None:
        """What a file says of a name."""
        file = self.files.get(path)
        return None if file is None else file.facts.entries.get(name)

    def names(self, path: str) -> Sequence[str]:
        """Names of all entries of a file, in order."""
        file = self.files.get(path)
        return () if file is None else sorted(file.facts.entries)

    def exists(self, path: str) -> bool:
        """Whether some language read a file of this path."""
        return path in self.files


def resolve_project(files: Mapping[str, bytes]) -> Graph:
    """The graph of files given by path and content: their nodes, and the edges that follow from code alone."""
    with _without_collector():
        return _resolve(decode_source(path, data) for path, data in sorted(files.items()))


@contextmanager
def _without_collector() -> Generator[None]:
    """As a build runs: a run makes few cycles, and the collector would go through all facts again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def resolve_folder(root: Path) -> Graph:
    """The graph of a folder's files, found as everywhere else. Raises `ConfigError` for settings that cannot be."""
    found = discover(root, (), discovery_settings(load_settings(root)), wanted=is_wanted)
    sources = (read_source(root, file) for file in sorted(found.files, key=lambda file: file.path))
    return _resolve(source for source in sources if isinstance(source, SourceFile))


def is_wanted(name: str) -> bool:
    """Whether a file of this name or path may have a part in the graph."""
    return may_be_source(name) or resolver_of_manifest(name) is not None


def _resolve(sources: Iterable[SourceFile]) -> Graph:
    named = (source for source in sources if has_own_id(source.path))
    read = [file for file in map(read_file, named) if file is not None]
    project = ReadProject(read)
    nodes = {node.id: node for file in read for node in file.nodes}
    edges: dict[tuple[str, str, str], Edge] = {}
    for file in read:
        for edge in _edges_of(file, project):
            key = (edge.source, edge.target, edge.kind)
            known = edges.get(key)
            if known is None or _rank(edge) < _rank(known):
                edges[key] = edge
    project.let_go()
    nodes |= {node.id: node for node in packages_of(edges.values())}
    nodes |= {node.id: node for node in folders_of(nodes.values())}
    return Graph(tuple(nodes[at] for at in sorted(nodes)), tuple(edges[key] for key in sorted(edges)))


def _edges_of(file: ReadFile, project: ReadProject) -> Iterable[Edge]:
    if file.resolver and file.facts.body:
        resolved = resolver_named(file.resolver).resolve(file.path, file.facts.body, project)
        for found in mask_packages(resolved):
            yield Edge(found.source, found.target, found.kind, file.path, found.line, found.confidence)


def _rank(edge: Edge) -> tuple[float, str, int]:
    """Of two edges that say the same the surer one counts, then the one that stands first."""
    return -edge.confidence, edge.path, edge.line


def packages_of(edges: Iterable[Edge]) -> list[Node]:
    """The nodes of everything outside the project that an edge leads to."""
    names = {edge.target for edge in edges if edge.target.startswith(PACKAGE)}
    return [Node(id=name, kind="package", name=name.removeprefix(PACKAGE)) for name in sorted(names)]


def folders_of(nodes: Iterable[Node]) -> list[Node]:
    """The nodes of all folders above files."""
    found: dict[str, Node] = {}
    for node in nodes:
        at = node.parent if node.kind == "file" else ""
        while at and at not in found:
            above, _, name = at[:-1].rpartition("/")
            parent = f"{above}/" if above else ""
            found[at] = Node(id=at, kind="folder", name=name, path=at[:-1], parent=parent)
            at = parent
    return [found[at] for at in sorted(found)]

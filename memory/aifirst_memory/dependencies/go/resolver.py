"""Go's part of the dependency graph."""

from __future__ import annotations

from typing import Final

from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.follow import Edges
from aifirst_memory.dependencies.go.entries import Body, read_body
from aifirst_memory.dependencies.go.follow import GoFollow
from aifirst_memory.dependencies.go.project import is_test, read_manifest
from aifirst_memory.dependencies.go.read import read_go
from aifirst_memory.dependencies.go.session import Session
from aifirst_memory.dependencies.resolver import FileFacts, FoundEdge, ProjectView


class GoResolver:
    """Reads and resolves Go files, `go.mod` and `go.work`."""

    name: Final = "go"
    version: Final = 3
    languages: Final = frozenset({"go"})
    manifests: Final = frozenset({"go.mod", "go.work"})

    def read(self, reading: Reading) -> FileFacts:
        """The facts of a Go file."""
        return read_go(reading)

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        """The facts of a `go.mod` or `go.work`."""
        return read_manifest(path, data)

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        """The edges of a Go file."""
        facts = read_body(body)
        edges = Edges()
        session = Session(project, GoFollow, is_test(path))
        follow = GoFollow(session, path, facts.package, facts.imports, edges)
        _add_imports(path, facts, session, edges)
        follow.run(facts.forms)
        return edges.all()


def _add_imports(path: str, facts: Body, session: Session, edges: Edges) -> None:
    for one in facts.imports:
        folder = session.project.folder_of(one.path, path)
        if folder is None:
            edges.add(path, f"package:{one.path}", "imports", one.line, 1.0)
            continue
        for file in session.project.files(folder):
            edges.add(path, file, "imports", one.line, 1.0)


RESOLVER: Final = GoResolver()

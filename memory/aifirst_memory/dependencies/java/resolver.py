"""Java's part of the dependency graph."""

from __future__ import annotations

from typing import Final

from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.follow import Edges
from aifirst_memory.dependencies.declared.value import Type
from aifirst_memory.dependencies.java.calls import JavaCalls
from aifirst_memory.dependencies.java.entries import Body, Import, read_body
from aifirst_memory.dependencies.java.project import package_of
from aifirst_memory.dependencies.java.read import package_key, read_java
from aifirst_memory.dependencies.java.session import Session
from aifirst_memory.dependencies.model import unit_node
from aifirst_memory.dependencies.resolver import FileFacts, FoundEdge, ProjectView


class JavaResolver:
    """Reads and resolves Java files."""

    name: Final = "java"
    version: Final = 2
    languages: Final = frozenset({"java"})
    manifests: Final = frozenset[str]()

    def read(self, reading: Reading) -> FileFacts:
        """The facts of a Java file."""
        return read_java(reading)

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        """Java has no manifests that say how names are found."""
        return FileFacts((), {}, b"")

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        """The edges of a Java file."""
        facts = read_body(body)
        edges = Edges()
        session = Session(project, path, JavaCalls)
        follow = JavaCalls(session, path, facts.package, facts.imports, facts.types, edges)
        follow.run(facts.forms)
        _add_imports(path, facts, session, edges)
        return edges.all()


def _add_imports(path: str, facts: Body, session: Session, edges: Edges) -> None:
    used = [(edge.target.partition("::")[0], edge) for edge in edges.all()]
    for one in facts.imports:
        if one.star:
            _add_star(path, one, session, edges, {at for at, _ in used if at != path})
            continue
        type_ = session.project.by_full_name(one.name)
        if type_ is not None:
            edges.add(path, type_.path, "imports", one.line, 1.0)
            edges.add(path, unit_node(type_.path, type_.name), "imports", one.line, 1.0)
        elif not one.static or not _add_static(path, one, session, edges):
            edges.add(path, f"package:{package_of(one.name)}", "imports", one.line, 1.0)


def _add_static(path: str, one: Import, session: Session, edges: Edges) -> bool:
    owner, _, member = one.name.rpartition(".")
    type_ = session.project.by_full_name(owner)
    if type_ is None:
        return False
    edges.add(path, type_.path, "imports", one.line, 1.0)
    for found in session.hierarchy.methods(type_, member):
        if found.method.unit:
            edges.add(path, unit_node(found.owner.path, found.method.unit), "imports", one.line, 1.0)
    return True


def _add_star(path: str, one: Import, session: Session, edges: Edges, used: set[str]) -> None:
    type_: Type | None = session.project.by_full_name(one.name)
    if type_ is not None:
        edges.add(path, type_.path, "imports", one.line, 1.0)
        return
    files = session.project.view.find(package_key(one.name))
    if not files:
        edges.add(path, f"package:{package_of(one.name)}", "imports", one.line, 1.0)
    for file in files:
        if file in used:
            edges.add(path, file, "imports", one.line, 0.95)


RESOLVER: Final = JavaResolver()

"""The resolver of Python: reads files into facts, and resolves one file by asking for those of others."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import msgspec
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.python.collect_facts import read_facts
from aifirst_memory.dependencies.python.emitter import Found
from aifirst_memory.dependencies.python.forms import LoweredUnit
from aifirst_memory.dependencies.python.interpreter import Interpreter
from aifirst_memory.dependencies.python.walk import FileWalk
from aifirst_memory.dependencies.resolver import (
    FileFacts,
    FoundEdge,
    LanguageResolver,
    ParsedFile,
    ProjectView,
    SharedView,
    parsed_of,
)

_BODY: Final = msgspec.msgpack.Decoder(list[LoweredUnit])
_FRAMES: Final = 8_000
_NO_FACTS: Final = FileFacts((), {}, b"")


class PythonResolver:
    """Resolves Python files (`.py`, `.pyi`, `.pyw`)."""

    name = "python"
    version = 5
    languages = frozenset({"python"})
    manifests: frozenset[str] = frozenset()

    def read(self, reading: Reading) -> FileFacts:
        """The facts of a file. Never raises on broken text."""
        return read_facts(parsed_of(reading))

    def read_tree(self, parsed: ParsedFile) -> FileFacts:
        """The facts of a file, from its tree and the names of its units."""
        return read_facts(parsed)

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        """No manifest is read: where the roots are, the files themselves tell."""
        del path, data
        return _NO_FACTS

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        """The edges that follow from a file's own text."""
        if not body:
            return []
        found: Found = {}
        session = _session_for(project)
        with _room():
            FileWalk(session, path, _BODY.decode(body), found).run()
        if isinstance(project, SharedView):
            project.note(session.asked_numbers())
        else:
            session.forget()
        kept = [edge for key, edge in found.items() if not _is_weaker(key, found)]
        return sorted(kept, key=lambda edge: (edge.source, edge.target, edge.kind))


@contextmanager
def _room() -> Generator[None]:
    """Room for what is open inside each other, which is bounded (`summaries`), but not by what Python allows at first."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _session_for(project: ProjectView) -> Interpreter:
    """What is known of a project: one for all its files where its facts stay as they are."""
    if not isinstance(project, SharedView):
        return Interpreter(project)
    session = project.kept.get(PythonResolver.name)
    if isinstance(session, Interpreter):
        session.begin_file(project)
    else:
        session = project.kept[PythonResolver.name] = Interpreter(project)
    return session


def _is_weaker(key: tuple[str, str, str], found: Found) -> bool:
    """Whether the same two nodes have a stronger edge that says it already."""
    return key[2] == "uses" and (key[0], key[1], "calls") in found


RESOLVER: Final[LanguageResolver] = PythonResolver()

"""A resolver for the tests of stores alone: Python's units, but imports and calls read from lines of text.

It asks every kind of question, follows names through files, and is small enough to be right at a glance.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from unittest import mock

import msgspec
from aifirst_codebase.reading import Reading
from aifirst_memory.dependencies import registry
from aifirst_memory.dependencies.model import unit_node
from aifirst_memory.dependencies.resolver import FileFacts, FoundEdge, ProjectView

_FROM = re.compile(r"from (\w+) import (\w+|\*)$")
_CALL = re.compile(r"(\w+)\(\)$")
_PAGE = re.compile(r"# see (\S+)$")


class ToyResolver:
    """`from m import n` brings in a unit of m, or what m brought in; `n()` calls it; `# see path` uses a file."""

    name = "toy"
    version = 1
    languages = frozenset({"python"})
    manifests = frozenset[str]()

    def read(self, reading: Reading) -> FileFacts:
        """Entries are the file's units, and the names it brings in with the module they come from."""
        lines = reading.data.decode().split("\n")
        entries = {unit.name: b"unit" for unit in reading.units[1:] if "." not in unit.name}
        for line in lines:
            found = _FROM.match(line)
            if found and found[2] != "*":
                entries[found[2]] = f"from {found[1]}".encode()
        owners = [""] * (len(lines) + 1)
        for unit in reading.units[1:]:
            for line in range(
                reading.lines.line_of(unit.code_start), reading.lines.line_of(unit.end - 1) + 1
            ):
                owners[line] = unit.name
        key = reading.path.rpartition("/")[2].partition(".")[0]
        return FileFacts((key,), entries, msgspec.msgpack.encode([lines, owners]))

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        """There are none."""
        return FileFacts((), {}, b"")

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        """Edges of the kinds imports, calls and uses."""
        lines, owners = msgspec.msgpack.decode(body, type=tuple[list[str], list[str]])
        found: dict[tuple[str, str, str], FoundEdge] = {}

        def add(source: str, target: str, kind: str, line: int, confidence: float) -> None:
            if source != target:
                edge = FoundEdge(source, target, kind, line, confidence)  # pyright: ignore[reportArgumentType]  our own kinds
                found.setdefault((source, target, kind), edge)

        names = dict[str, str]()
        for number, line in enumerate(lines, 1):
            imported, called, page = _FROM.match(line), _CALL.match(line.strip()), _PAGE.match(line)
            source = unit_node(path, owners[number - 1])
            if imported:
                module, name = imported.groups()
                files = project.find(module)
                if not files:
                    add(path, f"package:{module}", "imports", number, 1.0)
                for other in files:
                    add(path, other, "imports", number, 1.0)
                    for one in [name] if name != "*" else project.names(other):
                        names[one] = _meaning(project, other, one, 0)
            elif called:
                target = names.get(called[1]) or _meaning(project, path, called[1], 0)
                if target:
                    add(source, target, "calls", number, 0.9)
            elif page and project.exists(page[1]):
                add(source, page[1], "uses", number, 0.8)
        return list(found.values())


def _meaning(project: ProjectView, path: str, name: str, depth: int) -> str:
    """The unit that a name of a file is in the end; "" where it is none."""
    entry = project.entry(path, name)
    if entry == b"unit":
        return unit_node(path, name)
    if entry is None or depth > 5:
        return ""
    files = project.find(entry.decode().removeprefix("from "))
    return _meaning(project, files[0], name, depth + 1) if files else ""


RESOLVER = ToyResolver()


@contextmanager
def toy_language(version: int = 1) -> Generator[None]:
    """Have the toy resolver read Python."""
    module = ModuleType("aifirst_memory.dependencies.toy.resolver")
    module.__dict__["RESOLVER"] = RESOLVER
    RESOLVER.version = version
    with (
        mock.patch.dict(sys.modules, {module.__name__: module}),
        mock.patch.dict(vars(registry)["_LANGUAGES"], {"python": "toy"}),
    ):
        yield
    RESOLVER.version = 1

"""The tests and fixtures that take a pytest fixture by its name, as a parameter or a mark: no edge says so.

The text tells it: a fixture of a test file is known there, one of a `conftest.py` in its folder and below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from aifirst_memory.dependencies.model import Node, path_of
from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.read_file import file_nodes
from aifirst_memory.dependencies.runnable_tests.runnable import TestedProject

FIXTURE: Final = re.compile(rb"@[\w.]*fixture\b")
_HEADER: Final = re.compile(rb"(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(([^)]*)\)")
_MARK: Final = re.compile(rb"usefixtures\(([^)]*)\)")
_NAME: Final = re.compile(rb"name[ \t]*=[ \t]*[\"'](\w+)[\"']")


def uses_of_fixtures(
    project: TestedProject, reached: Sequence[Dependent], text_of: Callable[[str], bytes]
) -> list[Dependent]:
    """What takes a fixture that a change reaches, as if it were reached by a `uses` edge; a step farther each time."""
    units = _Units(project, text_of)
    known = {one.node for one in reached}
    found: list[Dependent] = []
    waiting = [one for one in reached if "::" in one.node and path_of(one.node).endswith(".py")]
    while waiting:
        one = waiting.pop(0)
        name = units.fixture_name(one.node)
        for user in units.taking(path_of(one.node), name) if name else ():
            if user not in known:
                known.add(user)
                edge = msgspec.structs.replace(one.edge, source=user, target=one.node, kind="uses")
                more = Dependent(user, one.distance + 1, one.confidence, edge, test=True)
                found.append(more)
                waiting.append(more)
    return found


class _Units:
    """The functions and classes of test files, with their headers; a file is read when it names a fixture."""

    def __init__(self, project: TestedProject, text_of: Callable[[str], bytes]) -> None:
        self._project = project
        self._text = text_of
        self._nodes: dict[str, tuple[Node, ...]] = {}

    def fixture_name(self, id: str) -> bytes:
        """The name by which tests take a unit as their fixture; empty where it is none."""
        node = self._project.node(id)
        if node is None or node.unit_kind == "class":
            return b""
        header = self._header(node)
        above = header.partition(b"def ")[0]
        if FIXTURE.search(above) is None:
            return b""
        renamed = _NAME.search(above)
        return renamed[1] if renamed else node.name.rpartition(".")[2].partition("#")[0].encode()

    def taking(self, path: str, name: bytes) -> Iterator[str]:
        """The ids of what takes a fixture of this name that the file at a path defines."""
        word = re.compile(rb"\b" + name + rb"\b")
        own = re.compile(rb"def[ \t]+" + name + rb"[ \t]*\(")
        for file in self._seen_from(path):
            text = self._text(file)
            if word.search(text) is None or (file != path and own.search(text)):
                continue
            if any(word.search(line) for line in _MARK.findall(_module_marks(text))):
                yield file
            yield from (node.id for node in self._units_of(file) if self._takes(node, word))

    def _seen_from(self, path: str) -> Sequence[str]:
        if not path.endswith("conftest.py"):
            return (path,)
        folder = path.removesuffix("conftest.py")
        return [file for file in self._project.files if file.startswith(folder) and file.endswith(".py")]

    def _takes(self, node: Node, word: re.Pattern[bytes]) -> bool:
        header = self._header(node)
        if any(word.search(names) for names in _MARK.findall(header)):
            return True
        found = _HEADER.search(header)
        last = node.name.rpartition(".")[2]
        if found is None or word.search(found[1]) is None:
            return False
        return last.startswith("test") or FIXTURE.search(header[: found.start()]) is not None

    def _header(self, node: Node) -> bytes:
        """A unit from its first decorator to the end of its parameters or bases."""
        lines = self._text(node.path).split(b"\n")[node.line - 1 : min(node.end_line, node.line + 40)]
        text = b"\n".join(lines)
        if node.unit_kind == "class":
            return text.partition(b"class ")[0]
        found = _HEADER.search(text)
        return text[: found.end()] if found else b""

    def _units_of(self, path: str) -> tuple[Node, ...]:
        known = self._nodes.get(path)
        if known is None:
            known = self._nodes[path] = self._read(path)
        return known

    def _read(self, path: str) -> tuple[Node, ...]:
        from aifirst_codebase.languages import language_of
        from aifirst_codebase.reading import read
        from aifirst_codebase.tokens import get_counter

        source = self._project.source(path)
        language = None if source is None else language_of(path, source.data)
        if source is None or language is None:
            return ()
        return file_nodes(read(source, language, get_counter("o200k_base")))[1:]


def _module_marks(text: bytes) -> bytes:
    """The lines that mark all tests of a file."""
    found = re.search(rb"^pytestmark\b[^\n]*(?:\n[ \t\])][^\n]*)*", text, re.MULTILINE)
    return found[0] if found else b""

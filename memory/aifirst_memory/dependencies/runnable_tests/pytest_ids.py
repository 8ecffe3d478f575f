"""What pytest has to run for the units of Python's test files that a change reaches: node ids.

A test function stands for itself; what runs around tests for all of them: their class, their file, or for a
`conftest.py` their folder. Where a file is reached but none of its tests is, the file is given.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from typing import Final

from aifirst_memory.dependencies.model import unit_node
from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.runnable_tests.pytest_fixtures import FIXTURE, uses_of_fixtures
from aifirst_memory.dependencies.runnable_tests.runnable import (
    PYTEST,
    ReachedFile,
    RunnableTest,
    TestedProject,
)

_TEST: Final = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test", re.MULTILINE)
_CLASS: Final = re.compile(rb"^[ \t]*class[ \t]+(\w+)[ \t]*\(([^)]*)\)", re.MULTILINE)
_AROUND: Final = frozenset(
    {
        "setUp", "tearDown", "setUpClass", "tearDownClass", "setUpTestData", "asyncSetUp", "asyncTearDown",
        "setup_method", "teardown_method", "setup_class", "teardown_class", "setUpModule", "tearDownModule",
        "setup_module", "teardown_module", "setup_function", "teardown_function",
    }
)  # fmt: skip
_SETTINGS: Final = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_PYTHON_FILES: Final = re.compile(rb"^python_files[ \t]*=[ \t]*(.*(?:\n[ \t\]].*)*)", re.MULTILINE)
_NO_TESTS: Final = ("conftest.py", "__init__.py")


def tests_of(project: TestedProject, files: Sequence[ReachedFile]) -> list[RunnableTest]:
    """The tests to run, in no order."""
    return _Pytest(project, files).found()


class _Pytest:
    """The tests of one question."""

    def __init__(self, project: TestedProject, files: Sequence[ReachedFile]) -> None:
        self._project = project
        self._data = {file.path: file.source.data for file in files}
        reached = [one for file in files for one in file.reached]
        self._patterns = _patterns(project)
        self._collected: dict[str, bool] = {}
        self._headers: dict[str, dict[bytes, bytes]] = {}
        self._called: dict[str, tuple[tuple[str, ...], str]] = {}
        self._reached = reached + uses_of_fixtures(project, reached, self._text)
        classes = {unit_node(path, name) for path, name in map(self._class_of, self._reached) if name}
        self._heirs = project.heirs(sorted(classes))
        self._bases: dict[str, list[str]] = {}
        for base, heirs in self._heirs.items():
            for heir in heirs:
                self._bases.setdefault(heir, []).append(base)

    def found(self) -> list[RunnableTest]:
        """What has to run."""
        found = [test for one in self._reached for test in self._for(one)]
        covered = {path for test in found for path in test.paths}
        for one in self._reached:
            path = one.node.partition("::")[0]
            if path not in covered and not path.endswith(_NO_TESTS) and self._holds_tests(path):
                found.append(self._test(path, (), one))
        return found

    def _text(self, path: str) -> bytes:
        if path not in self._data:
            source = self._project.source(path)
            self._data[path] = b"" if source is None else source.data
        return self._data[path]

    def _holds_tests(self, path: str) -> bool:
        """Whether pytest finds anything to run in a file."""
        text = self._text(path)
        return _TEST.search(text) is not None and (self._is_named_a_test(path) or b"TestCase" in text)

    def _is_named_a_test(self, path: str) -> bool:
        """Whether pytest looks for functions and plain classes in a file of this name."""
        name = path.rpartition("/")[2]
        return any(fnmatch.fnmatch(name, pattern) for pattern in self._patterns)

    def _for(self, one: Dependent) -> Iterator[RunnableTest]:
        """What a reached unit makes run; nothing for what no test is known to need."""
        path, _, name = one.node.partition("::")
        classes, function = self._owner(path, name)
        last = function.partition("#")[0]
        is_around = bool(function) and (last in _AROUND or self._is_autouse(path, name))
        if classes:
            if not function or is_around or last.startswith("test"):
                yield from self._in_class(path, classes, "" if is_around else last, one)
        elif path.endswith("conftest.py"):
            if is_around or last.startswith("pytest_") or not (function or one.edge.kind == "imports"):
                yield self._below(path, one)
        elif is_around or self._is_test(path, last, one):
            yield self._test(path, (last,) if last and not is_around else (), one)

    def _is_test(self, path: str, function: str, one: Dependent) -> bool:
        """Whether a function is a test, or the code at the top of a file changed itself."""
        if function:
            return function.startswith("test") and self._is_named_a_test(path)
        return not one.distance and self._holds_tests(path)

    def _owner(self, path: str, name: str) -> tuple[tuple[str, ...], str]:
        """The classes around a unit from the outside in, and the outermost function that it is or lies in."""
        parts = name.split(".") if name else []
        for count in range(1, len(parts) + 1):
            node = self._project.node(unit_node(path, ".".join(parts[:count])))
            if node is not None and node.unit_kind != "class":
                return tuple(parts[: count - 1]), parts[count - 1]
        return tuple(parts), ""

    def _class_of(self, one: Dependent) -> tuple[str, str]:
        path, _, name = one.node.partition("::")
        return path, ".".join(self._owner(path, name)[0])

    def _in_class(
        self, path: str, classes: tuple[str, ...], test: str, one: Dependent
    ) -> Iterator[RunnableTest]:
        """A test of a class, or all of its tests, there and in classes that inherit them."""
        own = unit_node(path, ".".join(classes))
        for id in (own, *self._heirs.get(own, ())):
            at, _, name = id.partition("::")
            inherits = id != own
            if inherits and test and self._project.node(f"{id}.{test}") is not None:
                continue
            if self._is_collected(id):
                names = tuple(part.partition("#")[0] for part in name.split("."))
                yield self._test(at, (*names, test) if test else names, one)

    def _is_collected(self, id: str) -> bool:
        """Whether pytest takes a class for one of tests: by its name, or since it derives from `TestCase`."""
        known = self._collected.get(id)
        if known is None:
            known = self._collected[id] = self._may_be_collected(id)
        return known

    def _may_be_collected(self, id: str) -> bool:
        path, _, name = id.partition("::")
        if any(b"TestCase" in self._named_bases(one) for one in (id, *self._bases.get(id, ()))):
            return True
        names_test = self._is_named_a_test(path) and all(part.startswith("Test") for part in name.split("."))
        return names_test and self._project.node(f"{id}.__init__") is None

    def _named_bases(self, id: str) -> bytes:
        """What a class names as its bases."""
        path, _, name = id.partition("::")
        known = self._headers.get(path)
        if known is None:
            known = self._headers[path] = {found[1]: found[2] for found in _CLASS.finditer(self._text(path))}
        return known.get(name.rpartition(".")[2].partition("#")[0].encode(), b"")

    def _is_autouse(self, path: str, name: str) -> bool:
        node = self._project.node(unit_node(path, name))
        if node is None:
            return False
        lines = self._text(path).split(b"\n")[node.line - 1 : node.line + 5]
        header = b"\n".join(lines).partition(b"def ")[0]
        return b"autouse" in header and FIXTURE.search(header) is not None

    def _below(self, path: str, one: Dependent) -> RunnableTest:
        """All tests of the folder of a `conftest.py`."""
        folder = path.rpartition("/")[0]
        return RunnableTest(
            self._project.called(folder or "."), PYTEST, (f"{folder or '.'}/",), one.confidence, one.distance
        )

    def _test(self, path: str, names: tuple[str, ...], one: Dependent) -> RunnableTest:
        folders, file = self._places(path)
        holders = ["::".join((file, *names[:count])) for count in range(len(names))]
        whole = "::".join((file, *names))
        return RunnableTest(whole, PYTEST, (path,), one.confidence, one.distance, (*folders, *holders))

    def _places(self, path: str) -> tuple[tuple[str, ...], str]:
        """The folders above a file and the file itself, as pytest takes them."""
        known = self._called.get(path)
        if known is None:
            parts = path.split("/")
            above = ("/".join(parts[:count]) or "." for count in range(len(parts)))
            known = self._called[path] = tuple(map(self._project.called, above)), self._project.called(path)
        return known


def _patterns(project: TestedProject) -> list[str]:
    """The names of files that pytest looks for tests in, as the project sets them."""
    for path in _SETTINGS:
        source = project.source(path)
        found = None if source is None else _PYTHON_FILES.search(source.data)
        if found is not None:
            return [name for name in re.split(r"[\s,\"'\[\]]+", found[1].decode("utf-8", "replace")) if name]
    return ["test_*.py", "*_test.py"]

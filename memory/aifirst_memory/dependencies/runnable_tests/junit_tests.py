"""What JUnit has to run, as Maven's `-Dtest=` takes it: `shop.PayTest#paying`, inner classes after a `$`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aifirst_memory.dependencies.model import unit_node
from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.runnable_tests.runnable import (
    JUNIT,
    ReachedFile,
    RunnableTest,
    TestedProject,
)

_PACKAGE: Final = re.compile(rb"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_TEST: Final = re.compile(rb"@(?:[\w.]*Test|TestFactory|TestTemplate|Property)\b")
_AROUND: Final = re.compile(rb"@(?:[\w.]*\.)?(?:Before|After)(?:Each|All|Class)?\b")
_ARGUMENTS: Final = re.compile(rb"\([^()]*\)")
_HEADER: Final = 12
"""Lines in which a method's annotations and its name stand."""


def tests_of(project: TestedProject, files: Sequence[ReachedFile]) -> list[RunnableTest]:
    """The tests to run, in no order."""
    heirs = project.heirs(
        sorted({id for file in files for one in file.reached if (id := _class_of(one.node))})
    )
    found: list[RunnableTest] = []
    for file in files:
        own = [test for one in file.reached for test in _for(project, file, one, heirs)]
        if not own and _TEST.search(file.source.data):
            name = file.path.rpartition("/")[2].removesuffix(".java")
            own = [_test(project, file.path, name, "", file.reached[0])]
        found += own
    return found


def _class_of(id: str) -> str:
    path, _, name = id.partition("::")
    return unit_node(path, name.rpartition(".")[0]) if "." in name else ""


def _for(
    project: TestedProject, file: ReachedFile, one: Dependent, heirs: dict[str, tuple[str, ...]]
) -> Iterator[RunnableTest]:
    node = project.node(one.node)
    if node is None or node.kind != "unit":
        return
    lines = file.source.data.split(b"\n")[node.line - 1 : min(node.end_line, node.line + _HEADER)]
    if node.unit_kind == "class":
        if _TEST.search(b"\n".join(file.source.data.split(b"\n")[node.line - 1 : node.end_line])):
            yield _test(project, file.path, node.name, "", one)
        return
    owner, _, method = node.name.partition("#")[0].rpartition(".")
    header = _annotations(b"\n".join(lines), method)
    is_old = method.startswith("test") and b"TestCase" in file.source.data
    if _AROUND.search(header):
        method = ""
    elif not (_TEST.search(header) or is_old):
        return
    for id in (unit_node(file.path, owner), *heirs.get(unit_node(file.path, owner), ())):
        path, _, name = id.partition("::")
        yield _test(project, path, name, method, one)


def _annotations(text: bytes, method: str) -> bytes:
    """What stands before a method's name, back to where the member before it ends."""
    found = re.search(rb"\b" + re.escape(method.encode()) + rb"\s*\(", text)
    before = _ARGUMENTS.sub(b"", text[: found.start()] if found else text)
    return re.split(rb"[{};]", before)[-1]


def _test(project: TestedProject, path: str, name: str, method: str, one: Dependent) -> RunnableTest:
    source = project.source(path)
    package = None if source is None else _PACKAGE.search(source.data)
    nested = "$".join(part.partition("#")[0] for part in name.split("."))
    whole = f"{package[1].decode()}.{nested}" if package else nested
    within = (whole,) if method else ()
    return RunnableTest(
        f"{whole}#{method}" if method else whole, JUNIT, (path,), one.confidence, one.distance, within
    )

"""What runners that take no less than a file have to run: Jest, Vitest, Mocha, and those of languages without rules.

The names of the tests in it are told too, where they are known, as Jest's `-t` takes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from aifirst_codebase.languages import language_of

from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.runnable_tests.runnable import (
    FILES,
    ReachedFile,
    RunnableTest,
    TestedProject,
)

_SCRIPTS: Final = ("javascript", "typescript", "tsx")
_ANY_TEST: Final = re.compile(rb"\b(?:test|it|describe|suite|specify)\b(?:\.\w+)*\s*[(`]")
_TEST: Final = re.compile(rb"\b(?:test|it|specify)\b(?:\.\w+)*\s*[(`]")


def tests_of(project: TestedProject, files: Sequence[ReachedFile]) -> list[RunnableTest]:
    """A file each, of scripts those with tests in them; in no order."""
    found: list[RunnableTest] = []
    for file in files:
        language = language_of(file.path, file.source.data)
        if language is None or language.kind != "code":
            continue
        is_script = language.name in _SCRIPTS
        if is_script and _ANY_TEST.search(file.source.data) is None:
            continue
        best = file.reached[0]
        names = tuple(dict.fromkeys(_names(project, file))) if is_script else ()
        found.append(
            RunnableTest(
                project.called(file.path), FILES, (file.path,), best.confidence, best.distance, names=names
            )
        )
    return found


def _names(project: TestedProject, file: ReachedFile) -> Iterator[str]:
    """The full names of the tests that are reached, the surest first."""
    lines = file.source.data.split(b"\n")
    for one in file.reached:
        name = _full_name(project, one)
        node = project.node(one.node)
        if name and node is not None and node.unit_kind == "function":
            line = lines[node.line - 1] if node.line <= len(lines) else b""
            if _TEST.search(line) is not None:
                yield name


def _full_name(project: TestedProject, one: Dependent) -> str:
    """The names of a test and of what it lies in, with blanks between them."""
    parts: list[str] = []
    node = project.node(one.node)
    while node is not None and node.kind == "unit":
        above = project.node(node.parent)
        inside = above is not None and above.kind == "unit"
        own = node.name[len(above.name) + 1 :] if above is not None and inside else node.name
        parts.insert(0, re.sub(r"#\d+\Z", "", own))
        node = above
    return " ".join(parts)

"""The tests to run after a change, as their runners take them: what `aifirst impact --tests` prints.

A change reaches units of test files: tests, but also what stands around them. Each language's module says what has
to run for the units of its files; a runner that is given a test that is none fails as a whole, so where that is
not sure the file is given instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aifirst_memory.dependencies.model import path_of
from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.runnable_tests import go_tests, junit_tests, pytest_ids, script_tests
from aifirst_memory.dependencies.runnable_tests.runnable import ReachedFile, RunnableTest, TestedProject
from aifirst_memory.dependencies.store import GraphStore


def tests_to_run(
    store: GraphStore, root: Path, here: Path, reached: Sequence[Dependent]
) -> tuple[RunnableTest, ...]:
    """What to run, surest first, then nearest; what a surer one holds already is left out.

    `reached` are the units of test files that a change reaches.
    """
    project = TestedProject(store, root, here)
    by_path: dict[str, list[Dependent]] = {}
    for one in reached:
        by_path.setdefault(path_of(one.node), []).append(one)
    files = [
        ReachedFile(path, source, tuple(units))
        for path, units in by_path.items()
        if (source := project.source(path)) is not None
    ]
    python = [file for file in files if file.path.endswith(".py")]
    go = [file for file in files if file.path.endswith("_test.go")]
    java = [file for file in files if file.path.endswith(".java")]
    other = [file for file in files if not file.path.endswith((".py", ".go", ".java"))]
    found = [
        *pytest_ids.tests_of(project, python),
        *go_tests.tests_of(project, go),
        *junit_tests.tests_of(project, java),
        *script_tests.tests_of(project, other),
    ]
    return _ranked(found)


def _ranked(found: Sequence[RunnableTest]) -> tuple[RunnableTest, ...]:
    order = sorted(found, key=lambda test: (-test.confidence, test.distance, test.runner, test.id))
    shown: dict[tuple[str, str], RunnableTest] = {}
    for test in order:
        if not any((test.runner, id) in shown for id in (test.id, *test.within)):
            shown[test.runner, test.id] = test
    return tuple(shown.values())


def files_of(tests: Sequence[RunnableTest]) -> list[str]:
    """The files to run, the one with the surest test first."""
    return list(dict.fromkeys(path for test in tests for path in test.paths))

"""What `go test` has to run: a package with the names of its tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from aifirst_memory.dependencies.questions.answers import Dependent
from aifirst_memory.dependencies.runnable_tests.runnable import GO, ReachedFile, RunnableTest, TestedProject

_TEST: Final = re.compile(r"(?:Test|Fuzz|Example)(?![a-z])\w*\Z")
_ANY_TEST: Final = re.compile(rb"^func (?:Test|Fuzz|Example)(?![a-z])", re.MULTILINE)


def tests_of(project: TestedProject, files: Sequence[ReachedFile]) -> list[RunnableTest]:
    """An id a package: `./shop -run ^(TestPay|TestRefund)$`; all of a package where something else of it is reached.

    That are its `TestMain` and, where none of its tests is reached, what they may use.
    """
    packages: dict[str, list[ReachedFile]] = {}
    for file in files:
        packages.setdefault(file.path.rpartition("/")[0], []).append(file)
    found: list[RunnableTest] = []
    for folder, members in packages.items():
        reached = sorted(
            (one for file in members for one in file.reached), key=lambda one: (-one.confidence, one.distance)
        )
        test = _of_package(project, folder, members, reached)
        if test is not None:
            found.append(test)
    return found


def _of_package(
    project: TestedProject, folder: str, members: Sequence[ReachedFile], reached: Sequence[Dependent]
) -> RunnableTest | None:
    names: dict[str, Dependent] = {}
    is_main = False
    for one in reached:
        first = one.node.partition("::")[2].partition(".")[0].partition("#")[0]
        is_main |= first in ("TestMain", "init") or not (first or one.distance)
        if _TEST.match(first):
            names.setdefault(first, one)
    called = project.called(folder or ".")
    place = called if called.startswith("..") else "." if called == "." else f"./{called}"
    paths = tuple(file.path for file in members)
    if names and not is_main:
        best = next(iter(names.values()))
        chosen = f"^({'|'.join(names)})$" if len(names) > 1 else f"^{next(iter(names))}$"
        tested = dict.fromkeys(one.node.partition("::")[0] for one in names.values())
        return RunnableTest(f"{place} -run {chosen}", GO, tuple(tested), best.confidence, best.distance)
    if not any(_ANY_TEST.search(file.source.data) for file in members):
        return None
    return RunnableTest(place, GO, paths, reached[0].confidence, reached[0].distance)

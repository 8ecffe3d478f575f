"""Go, as generation knows it: packages of a module, tested by `go test`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.golang.go_files import compose_go, outline_go, package_name
from aifirst_orchestrator.generate.golang.go_tools import find_go
from aifirst_orchestrator.generate.golang.go_tree import definitions, imports, parse_go
from aifirst_orchestrator.generate.golang.go_unit import check_go_unit, check_imports
from aifirst_orchestrator.generate.golang.judge_go_tests import judge_go_tests
from aifirst_orchestrator.generate.golang.run_go_tests import run_go_tests
from aifirst_orchestrator.generate.languages.code_tree import tree_of
from aifirst_orchestrator.generate.languages.generated_language import Head
from aifirst_orchestrator.generate.test_run import NoTestRunnerError, TestRun
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import Ticket

_LATEST = 22


class GoLanguage(NamedTuple):
    """See `GeneratedLanguage`."""

    name: str = "go"
    title: str = "Go"
    fences: tuple[str, ...] = ("go", "golang")
    runner: str = "go"

    def require_tools(self) -> None:
        """Go, 1.18 or later."""
        find_go()

    def is_code(self, text: str) -> bool:
        """Whether it parses and has a definition."""
        tree = parse_go(text)
        return not isinstance(tree, Flaw) and any(definitions(tree))

    def unreadable(self, code: str) -> Flaw | None:
        """Broken, or nested too deep."""
        tree = parse_go(code)
        return tree if isinstance(tree, Flaw) else None

    def judge_unit(self, code: str, unit: SpecUnit) -> Iterable[Flaw]:
        """See `go_unit`."""
        return check_go_unit(tree_of("go", code), unit)

    def judge_tests(self, code: str, ticket: Ticket) -> Iterable[Flaw]:
        """See `judge_go_tests`."""
        tree = tree_of("go", code)
        yield from judge_go_tests(tree, ticket)
        yield from check_imports(tree, of_tests=True)

    def names(self, code: str) -> tuple[str, ...]:
        """Definitions of every kind."""
        return tuple(one.name for one in definitions(tree_of("go", code)) if one.name != "_")

    def imported(self, code: str) -> dict[str, str]:
        """What each package is called, and how it is imported."""
        return {one.local: f"import {one.told()}" for one in imports(tree_of("go", code))}

    def compose(
        self, path: str, head: Head, codes: Sequence[str], units: Sequence[SpecUnit], own: Sequence[str]
    ) -> str:
        """See `go_files`."""
        del own
        return compose_go(package_name(path, _module(units)), head, codes)

    def outline(self, code: str, name: str) -> str:
        """See `go_files`."""
        return outline_go(code, name)

    def import_line(self, user: str, path: str, name: str, package: str = "") -> str:
        """A line of import, or words where both stand in one package."""
        if PurePosixPath(user).parent == PurePosixPath(path).parent:
            return f"{name} stands in the same package, without an import"
        return f'import "{package}", then {package_name(path, package)}.{name}'

    def project_files(self, units: Sequence[SpecUnit]) -> Mapping[str, str]:
        """A `go.mod` that names the module."""
        return {"go.mod": _go_mod(_module(units))}

    def run(
        self,
        sandbox: Sandbox,
        files: Mapping[str, str],
        tests: Mapping[str, Sequence[str]],
        seconds: float,
        memory: int,
    ) -> TestRun:
        """With `go test`."""
        return run_go_tests(sandbox, files, tests, seconds, memory)


def module_in(root: Path) -> str:
    """What the module of a project is called, "" where it has no `go.mod`."""
    place = root / "go.mod"
    try:
        if not place.is_file():  # a pipe would be waited for
            return ""
        with place.open(encoding="utf-8", errors="replace") as file:
            text = file.read(100_000)
    except OSError:
        return ""
    told = re.search(r'^module[ \t]+"?([^\s"]+)', text, re.MULTILINE)
    return told[1] if told else ""


def _module(units: Sequence[SpecUnit]) -> str:
    """The module that units of Go are of: what their packages have before their folders."""
    unit = next((one for one in units if one.package), None)
    if unit is None:
        return "generated"
    folder = str(PurePosixPath(unit.path).parent)
    return unit.package if folder == "." else unit.package.removesuffix(f"/{folder}")


def _go_mod(module: str) -> str:
    """With the Go of this machine, but none later than what models write for."""
    try:
        number = min(find_go().number, _LATEST)
    except NoTestRunnerError:  # then it is tested in a container
        number = _LATEST
    return f"module {module}\n\ngo 1.{number}\n"

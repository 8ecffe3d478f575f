"""Python, as generation knows it: `ast` reads it, pytest tests it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.judge_python_tests import judge_python_tests
from aifirst_orchestrator.generate.languages.generated_language import Head
from aifirst_orchestrator.generate.outline import outline_of
from aifirst_orchestrator.generate.python_unit import check_unit, join_pieces, parse_piece, take_apart
from aifirst_orchestrator.generate.run_python_tests import require_pytest, run_python_tests
from aifirst_orchestrator.generate.test_run import TestRun
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import Ticket


class PythonLanguage(NamedTuple):
    """See `GeneratedLanguage`."""

    name: str = "python"
    title: str = "Python"
    fences: tuple[str, ...] = ("python", "py")
    runner: str = "pytest"

    def require_tools(self) -> None:
        """pytest, in the interpreter that runs aifirst."""
        require_pytest()

    def is_code(self, text: str) -> bool:
        """Whether it parses and has a definition."""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return any(
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in tree.body
        )

    def unreadable(self, code: str) -> Flaw | None:
        """See `python_unit.parse_piece`."""
        tree = parse_piece(code)
        return tree if isinstance(tree, Flaw) else None

    def judge_unit(self, code: str, unit: SpecUnit) -> Iterable[Flaw]:
        """See `python_unit.check_unit`."""
        return check_unit(ast.parse(code), unit)

    def judge_tests(self, code: str, ticket: Ticket) -> Iterable[Flaw]:
        """See `judge_python_tests`."""
        return judge_python_tests(ast.parse(code), ticket)

    def names(self, code: str) -> tuple[str, ...]:
        """Definitions and constants."""
        return take_apart(code, ast.parse(code)).names

    def imported(self, code: str) -> dict[str, str]:
        """Names with the line that imports each alone."""
        return {line.split()[-1]: line for line in take_apart(code, ast.parse(code)).imports}

    def compose(
        self, path: str, head: Head, codes: Sequence[str], units: Sequence[SpecUnit], own: Sequence[str]
    ) -> str:
        """The documentation, each import once, the pieces; a file does not import from itself."""
        pieces = [take_apart(code, ast.parse(code)) for code in codes]
        if own:
            line = f"from {module_of(path)} import "
            pieces = [
                msgspec.structs.replace(
                    one, imports=tuple(text for text in one.imports if not text.startswith(line))
                )
                for one in pieces
            ]
        title = head.title.replace("\\", "").replace('"', "'")
        return join_pieces(f'"""{title}\n\n{head.origin}\n"""', pieces)

    def outline(self, code: str, name: str) -> str:
        """See `outline`."""
        return outline_of(code, name)

    def import_line(self, user: str, path: str, name: str, package: str = "") -> str:
        """A line of import, or words where both stand in one file."""
        del package
        if user == path:
            return "it stands in the same file, without an import"
        return f"from {module_of(path)} import {name}"

    def project_files(self, units: Sequence[SpecUnit]) -> Mapping[str, str]:
        """None: pytest finds all by itself."""
        del units
        return {}

    def run(
        self,
        sandbox: Sandbox,
        files: Mapping[str, str],
        tests: Mapping[str, Sequence[str]],
        seconds: float,
        memory: int,
    ) -> TestRun:
        """With pytest."""
        return run_python_tests(sandbox, files, tests, seconds=seconds, memory=memory)


def module_of(path: str) -> str:
    """The name by which Python imports a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

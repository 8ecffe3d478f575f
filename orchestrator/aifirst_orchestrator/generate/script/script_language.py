"""TypeScript and JavaScript, as generation knows them: modules of ECMAScript, tested by `node --test`'s runner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.code_tree import parse_code, tree_of
from aifirst_orchestrator.generate.languages.generated_language import Head
from aifirst_orchestrator.generate.script.erase_types import what_stays
from aifirst_orchestrator.generate.script.judge_script_tests import judge_script_tests
from aifirst_orchestrator.generate.script.run_script_tests import find_node, run_script_tests
from aifirst_orchestrator.generate.script.script_files import compose_script, outline_script, relative_path
from aifirst_orchestrator.generate.script.script_tree import definitions, imports
from aifirst_orchestrator.generate.script.script_unit import check_imports, check_script_unit
from aifirst_orchestrator.generate.test_run import TestRun
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import Ticket

_PACKAGE = '{\n  "private": true,\n  "type": "module"\n}\n'


class ScriptLanguage(NamedTuple):
    """See `GeneratedLanguage`."""

    name: str
    title: str
    fences: tuple[str, ...]
    runner: str = "node"

    def require_tools(self) -> None:
        """Node, 20 or later."""
        find_node()

    def is_code(self, text: str) -> bool:
        """Whether it parses and has a definition."""
        tree = parse_code(self.name, self.title, text)
        return not isinstance(tree, Flaw) and any(definitions(tree))

    def unreadable(self, code: str) -> Flaw | None:
        """Broken, nested too deep, or more of TypeScript than types."""
        tree = parse_code(self.name, self.title, code)
        if isinstance(tree, Flaw):
            return tree
        return next(what_stays(tree), None) if self.name == "typescript" else None

    def judge_unit(self, code: str, unit: SpecUnit) -> Iterable[Flaw]:
        """See `script_unit`."""
        return check_script_unit(tree_of(self.name, code), unit)

    def judge_tests(self, code: str, ticket: Ticket) -> Iterable[Flaw]:
        """See `judge_script_tests`."""
        tree = tree_of(self.name, code)
        yield from judge_script_tests(tree, ticket)
        yield from check_imports(tree, (ticket.unit, *ticket.needs), of_tests=True)

    def names(self, code: str) -> tuple[str, ...]:
        """Definitions of every kind; of an overloaded function once."""
        return tuple(dict.fromkeys(one.name for one in definitions(tree_of(self.name, code))))

    def imported(self, code: str) -> dict[str, str]:
        """Names with the import that brings each alone; of a unit wherever it stands."""
        found = imports(tree_of(self.name, code))
        return {
            one.local: f"import {one.imported}"
            if one.source.startswith(".")
            else one._replace(of_type=False).told()
            for one in found
            if one.local
        }

    def compose(
        self, path: str, head: Head, codes: Sequence[str], units: Sequence[SpecUnit], own: Sequence[str]
    ) -> str:
        """See `script_files`."""
        return compose_script(self.name, path, head, codes, units, own)

    def outline(self, code: str, name: str) -> str:
        """See `script_files`."""
        return outline_script(self.name, code, name)

    def import_line(self, user: str, path: str, name: str, package: str = "") -> str:
        """A line of import, or words where both stand in one file."""
        del package
        if user == path:
            return "it stands in the same file, without an import"
        return f'import {{ {name} }} from "{relative_path(user, path)}";'

    def project_files(self, units: Sequence[SpecUnit]) -> Mapping[str, str]:
        """A `package.json` that says that files are modules."""
        del units
        return {"package.json": _PACKAGE}

    def run(
        self,
        sandbox: Sandbox,
        files: Mapping[str, str],
        tests: Mapping[str, Sequence[str]],
        seconds: float,
        memory: int,
    ) -> TestRun:
        """With Node."""
        return run_script_tests(sandbox, files, tests, seconds, memory)


TYPESCRIPT = ScriptLanguage("typescript", "TypeScript", ("typescript", "ts", "mts"))
JAVASCRIPT = ScriptLanguage("javascript", "JavaScript", ("javascript", "js", "mjs"))

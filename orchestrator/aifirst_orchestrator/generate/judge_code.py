"""Judges generated code before anything runs: it parses, it is the unit, it is small enough, it breaks no rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from aifirst_codebase.tokens import get_counter
from aifirst_validator.engine import judge_text

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.python_unit import check_unit, parse_piece
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import UNIT_LIMIT, Ticket


def judge_unit(code: str, unit: SpecUnit) -> tuple[Flaw, ...]:
    """What is wrong with the code of one unit by itself."""
    tree = parse_piece(code)
    if isinstance(tree, Flaw):
        return (tree,)
    return (*check_unit(tree, unit), *_check_size(code, unit.name))


def judge_tests(code: str, ticket: Ticket) -> tuple[Flaw, ...]:
    """What is wrong with the tests of a ticket: all that it names have to be there, as functions without arguments."""
    tree = parse_piece(code)
    if isinstance(tree, Flaw):
        return (tree,)
    there = {
        node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    flaws: list[Flaw] = []
    for name in ticket.tests:
        node = there.get(name)
        if node is None:
            flaws.append(
                Flaw("tests", f"there is no test {name}", "write a function for each test of the ticket")
            )
        elif isinstance(node, ast.AsyncFunctionDef) or _needs_arguments(node.args):
            flaws.append(
                Flaw("tests", f"{name} cannot be called without arguments", "take none", node.lineno)
            )
        elif not _checks_something(node):
            hint = "assert what the requirement says, or use pytest.raises"
            flaws.append(Flaw("tests", f"{name} checks nothing", hint, node.lineno))
    return (*flaws, *_check_size(code, "the tests", 2 * UNIT_LIMIT))


def judge_file(root: Path, path: str, text: str, overrides: Mapping[str, object]) -> tuple[Flaw, ...]:
    """What the rules of the project say of a whole file, errors only; nothing of it is run."""
    report = judge_text(root, path, text.encode(), overrides)
    return tuple(
        Flaw(finding.rule, finding.message, finding.suggestion, finding.line)
        for finding in report.findings
        if finding.severity == "error"
    )


def _check_size(code: str, what: str, limit: int = UNIT_LIMIT) -> Iterator[Flaw]:
    tokens = get_counter().count(code)
    if tokens > limit:
        yield Flaw("size", f"{what} has {tokens} tokens, {limit} are the most", "write it shorter")


def _needs_arguments(arguments: ast.arguments) -> bool:
    positional = [*arguments.posonlyargs, *arguments.args]
    return len(positional) > len(arguments.defaults) or None in arguments.kw_defaults


def _checks_something(node: ast.FunctionDef) -> bool:
    """Whether a test asserts, or expects an error, or calls a helper that might."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert) and not isinstance(inner.test, ast.Constant):
            return True
        if isinstance(inner, ast.Attribute) and inner.attr in ("raises", "warns", "fail"):
            return True
    return False

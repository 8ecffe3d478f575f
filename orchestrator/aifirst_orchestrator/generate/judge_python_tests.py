"""Judges tests of Python: what a ticket names is there, as functions without arguments that check something."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.spec.write_ticket import Ticket


def judge_python_tests(tree: ast.Module, ticket: Ticket) -> Iterator[Flaw]:
    """What is wrong with the tests of a ticket."""
    there = {
        node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    for name in ticket.tests:
        node = there.get(name)
        if node is None:
            yield Flaw("tests", f"there is no test {name}", "write a function for each test of the ticket")
        elif isinstance(node, ast.AsyncFunctionDef) or _needs_arguments(node.args):
            yield Flaw("tests", f"{name} cannot be called without arguments", "take none", node.lineno)
        elif not _checks_something(node):
            hint = "assert what the requirement says, or use pytest.raises"
            yield Flaw("tests", f"{name} checks nothing", hint, node.lineno)


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

"""Judges tests of TypeScript or JavaScript: for `node:test`, each that a ticket names there and checking something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.code_tree import CodeTree
from aifirst_orchestrator.generate.script.script_tree import CALLABLE
from aifirst_orchestrator.spec.write_ticket import Ticket

if TYPE_CHECKING:
    import tree_sitter

_CHECKS = re.compile(r"\bassert\b[\w.]*\s*\(")


def judge_script_tests(tree: CodeTree, ticket: Ticket) -> Iterator[Flaw]:
    """What is wrong with the tests of a ticket."""
    there = dict(_tests(tree))
    for name in ticket.tests:
        call = there.get(name)
        if call is None:
            hint = f'write test("{name}", () => {{ … }}) at the top of the file'
            yield Flaw("tests", f"there is no test {name}", hint)
        elif not any(_CHECKS.search(tree.text(one)) for one in _bodies(call)):
            hint = "assert what the requirement says, or use assert.throws"
            yield Flaw("tests", f"{name} checks nothing", hint, tree.first_line(call))


def _tests(tree: CodeTree) -> Iterator[tuple[str, tree_sitter.Node]]:
    """The calls of `test` and `it` at the top, by the name that each gives its test."""
    for statement in tree.root.named_children:
        call = statement.named_children[0] if statement.named_children else statement
        if call.type == "await_expression":
            call = call.named_children[0]
        if call.type != "call_expression" or tree.field(call, "function") not in ("test", "it"):
            continue
        given = call.child_by_field_name("arguments")
        first = given.named_children[0] if given is not None and given.named_children else None
        if first is not None and first.type == "string":
            yield tree.text(first)[1:-1], call


def _bodies(call: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    given = call.child_by_field_name("arguments")
    return (one for one in (given.named_children if given is not None else ()) if one.type in CALLABLE)
